#!/usr/bin/env python3
"""Trains examples/person's network: MobileNetV2 0.35 at 96x96 learns from MLPerf Tiny's float network.

    apt-get install python3-torch python3-pil python3-onnx
    python3 examples/person/train.py --shared ../shared --checkpoint /tmp/person

Two trainings, each resumable: ten classes of labelled photos first, which teaches it to see; then what the teacher
says of the same views of photos without labels, at each place (Romero et al., 2014, arXiv:1412.6550) and in the end.
Half of these views are blends of two photos or tiles of four, on which the two are to agree as well (Beyer et
al., 2021, arXiv:2106.05237). The photos of coco_person are held out from both.
"""

import argparse
import csv
import sys
from pathlib import Path

import torch
from PIL import Image
from torch import nn
from torch.nn import functional
from torch.utils.data import DataLoader

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "training"))
from exported import start_from  # noqa: E402
from mobilenet_v2 import MobileNetV2, export  # noqa: E402
from photos import Views, accuracy, centers, in_folders, load  # noqa: E402
from progressive import load_average, train  # noqa: E402
from teacher import SIZE, Teacher  # noqa: E402

WIDTH, LAST = 0.35, 448
SHORT_SIDE = 128  # photos are kept at it: memory
AREA = (0.2, 1.0)  # of a photo, which a view shows
TEMPERATURE = 1.5  # softens both sides' answers (Hinton et al., 2015, arXiv:1503.02531)


def labelled(data, split):
    """The photos and labels of one split of coco_person."""
    with open(data / "coco_person/labels.csv", newline="") as table:
        rows = [row for row in csv.DictReader(table) if row["split"] == split]
    photos = [Image.open(data / "coco_person" / row["file"]).convert("RGB") for row in rows]
    return centers(photos, SIZE), torch.tensor([int(row["person"]) for row in rows])


class Guided(nn.Module):
    """The student with a guess at the teacher's features, which only training needs."""

    def __init__(self, student):
        super().__init__()
        self.student, self.guess = student, nn.Conv2d(LAST, Teacher.CHANNELS, 1)

    def forward(self, images):
        """Logits; in training, (logits, guess [N, 256, 3, 3])."""
        features = self.student.features(images)
        logits = self.student.classify(features)
        return (logits, self.guess(features)) if self.training else logits


def distillation(teacher):
    """KL divergence from the teacher's answer to the same view, times T^2 to keep the gradient's size, and how far the
    guess is from its features, as a share of their variance."""

    def loss(images, answer, _):
        logits, guess = answer
        features = teacher.features(images)
        wanted = functional.log_softmax(teacher.classify(features) / TEMPERATURE, 1)
        given = functional.log_softmax(logits / TEMPERATURE, 1)
        divergence = functional.kl_div(given, wanted, reduction="batchmean", log_target=True) * TEMPERATURE**2
        return divergence + functional.mse_loss(guess, features) / features.var()

    return loss


def pretrain(data, arguments):
    """The network with a head for the ten classes."""
    examples, names = in_folders(data / "imagenette/train")
    held_out, _ = in_folders(data / "imagenette/val")
    arrays = load([path for path, _ in examples], SHORT_SIDE)
    images = centers([Image.open(path).convert("RGB") for path, _ in held_out], SIZE)
    labels = torch.tensor([label for _, label in held_out])
    cross_entropy = nn.CrossEntropyLoss(label_smoothing=0.1)
    return train(
        MobileNetV2(len(names), WIDTH, LAST, dropout=0.1),
        lambda size: Views(arrays, [label for _, label in examples], size),
        [(64, arguments.pretraining // 2), (SIZE, arguments.pretraining - arguments.pretraining // 2)],
        lambda images, logits, labels: cross_entropy(logits, labels),
        lambda model: f"top-1 {accuracy(model, images, labels):.1f} %",
        f"{arguments.checkpoint}.classes.pt",
    )


def unlabelled(data):
    """Paths of every photo of `data` that is not coco_person's."""
    return sorted(data.glob("imagenette/*/*/*.jpg")) + sorted(data.glob("imagenet_1k_sample/*.jpg"))


def seen(data):
    """Batches of views, as the student meets them."""
    arrays = load(unlabelled(data)[::20], SHORT_SIDE)
    return [x for x, _ in DataLoader(Views(arrays, [0] * len(arrays), SIZE, AREA), 32, shuffle=True)]


def distil(student, data, teacher, arguments):
    """The guided student after learning from the teacher on every photo of `data` that is not coco_person's."""
    arrays = load(unlabelled(data), SHORT_SIDE)
    tests = {split: labelled(data, split) for split in ("val2017", "train2017")}
    for split, test in tests.items():
        print(f"teacher: {accuracy(teacher, *test):.1f} % of {split}", flush=True)
    return train(
        Guided(student),
        lambda size: Views(arrays, [0] * len(arrays), size, AREA),
        [(SIZE, arguments.epochs)],
        distillation(teacher),
        lambda model: ", ".join(f"{accuracy(model, *test):.1f} % of {split}" for split, test in tests.items()),
        f"{arguments.checkpoint}.person.pt",
        weight_decay=0.02,
        mixed=0.5,
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", required=True, type=Path, help="the folder with data/ and models/")
    parser.add_argument("--checkpoint", required=True, help="where the trainings are kept: CHECKPOINT.*.pt")
    parser.add_argument("--output", default="person_mobilenet_v2_0.35_96.onnx")
    parser.add_argument("--start", help="an exported network to go on with, instead of the ten classes")
    parser.add_argument("--pretraining", type=int, default=20, help="epochs on the ten classes")
    parser.add_argument("--epochs", type=int, default=40, help="epochs with the teacher")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--export-only", action="store_true", help="export the checkpoint; train nothing")
    arguments = parser.parse_args()
    torch.manual_seed(arguments.seed)
    data = arguments.shared / "data"

    student = MobileNetV2(2, WIDTH, LAST, dropout=0.0)
    if arguments.export_only:
        student = load_average(Guided(student), f"{arguments.checkpoint}.person.pt").student
    else:
        if arguments.start:
            start_from(student, arguments.start, seen(data))
        else:
            student.features.load_state_dict(pretrain(data, arguments).features.state_dict())
        teacher = Teacher(arguments.shared / "models/vww_96_float.tflite")
        student = distil(student, data, teacher, arguments).student
    export(student, SIZE, arguments.output)


if __name__ == "__main__":
    main()
