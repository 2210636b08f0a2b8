#!/usr/bin/env python3
"""Trains examples/person's network: MobileNetV2 0.35 at 96x96 learns from MLPerf Tiny's float network.

    apt-get install python3-torch python3-pil python3-onnx
    python3 examples/person/train.py --shared ../shared --checkpoint /tmp/person

It starts as its teacher, as far as it fits (transplant.py), and then learns what the teacher says of views of photos
without labels: in the end (Hinton et al., 2015, arXiv:1503.02531) and behind each of its matrices (Romero et al., 2014,
arXiv:1412.6550). Half of these views are blends of two photos or tiles of four, on which the two are to agree as
well (Beyer et al., 2021, arXiv:2106.05237). The photos of coco_person are held out. The training is resumable.
"""

import argparse
import csv
import random
import sys
from pathlib import Path

import torch
from PIL import Image
from torch import nn
from torch.nn import functional

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "training"))
from mobilenet_v2 import MobileNetV2, export  # noqa: E402
from photos import Views, accuracy, centers, load  # noqa: E402
from progressive import load_average, train  # noqa: E402
from teacher import SIZE, Teacher  # noqa: E402
from transplant import EXPANSIONS, transplant  # noqa: E402

WIDTH, LAST = 0.35, 448
SHORT_SIDE = 128  # photos are kept at it: memory
AREA = (0.2, 1.0)  # of a photo, which a view shows
HINTS = 0.3  # the weight of each hint
TEMPERATURE = 1.5  # softens both sides' answers


def labelled(data, split):
    """The photos and labels of one split of coco_person."""
    with open(data / "coco_person/labels.csv", newline="") as table:
        rows = [row for row in csv.DictReader(table) if row["split"] == split]
    photos = [Image.open(data / "coco_person" / row["file"]).convert("RGB") for row in rows]
    return centers(photos, SIZE), torch.tensor([int(row["person"]) for row in rows])


class Guided(nn.Module):
    """The student, which in training also tells what its teacher's matrices say."""

    def __init__(self, student, teacher):
        super().__init__()
        self.student = student
        self.scales = nn.ParameterList([torch.empty_like(matrix.bias) for matrix in teacher.body[Teacher.MATRICES]])
        self.scales.requires_grad_(False)

    def start(self, teacher, images):
        """Makes the student what it can be of the teacher without a training, by a batch of images."""
        for mine, scale in zip(self.scales, transplant(self.student, teacher, images)):
            mine.copy_(scale)
        return self

    def forward(self, images):
        """Logits; in training, (logits, what it takes each matrix to say: [N, C, H, W] each)."""
        found = self.student.expansions(images)
        logits = self.student.classify(found[-1])
        if not self.training:
            return logits
        theirs = [features for k, features in zip(EXPANSIONS, found) if k]
        return logits, [f[:, : len(scale)] / scale[:, None, None] for f, scale in zip(theirs, self.scales)]


def distillation(teacher):
    """KL divergence from the teacher's answer to the same view, times T^2 to keep the gradient's size; and how far the
    student is from what the teacher's matrices say, as shares of their variance."""

    def loss(images, answer, _):
        logits, said = answer
        features = teacher.features(images)
        wanted = functional.log_softmax(teacher.classify(features[-1]) / TEMPERATURE, 1)
        given = functional.log_softmax(logits / TEMPERATURE, 1)
        divergence = functional.kl_div(given, wanted, reduction="batchmean", log_target=True) * TEMPERATURE**2
        pairs = zip(said, features[Teacher.MATRICES])
        missed = sum(functional.mse_loss(mine, theirs) / theirs.var() for mine, theirs in pairs)
        return divergence + HINTS * missed

    return loss


def unlabelled(data):
    """Paths of every photo of `data` that is not coco_person's."""
    return sorted(data.glob("imagenette/*/*/*.jpg")) + sorted(data.glob("imagenet_1k_sample/*.jpg"))


def seen(data):
    """A batch of views, as the student meets them."""
    arrays = load(unlabelled(data)[::20], SHORT_SIDE)
    return torch.stack([view for view, _ in Views(arrays, [0] * len(arrays), SIZE, AREA)])


def distil(guided, data, teacher, arguments):
    """The guided student after learning from the teacher on every photo of `data` that is not coco_person's."""
    arrays = load(unlabelled(data), SHORT_SIDE)
    tests = {split: labelled(data, split) for split in ("val2017", "train2017")}

    def evaluate(model):
        return ", ".join(f"{accuracy(model, *test):.1f} % of {split}" for split, test in tests.items())

    print(f"teacher: {evaluate(teacher)}; student at its start: {evaluate(guided.student)}", flush=True)
    return train(
        guided,
        lambda size: Views(arrays, [0] * len(arrays), size, AREA),
        [(SIZE, arguments.epochs)],
        distillation(teacher),
        evaluate,
        f"{arguments.checkpoint}.person.pt",
        peak=2e-3,
        weight_decay=0.02,
        mixed=0.5,
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", required=True, type=Path, help="the folder with data/ and models/")
    parser.add_argument("--checkpoint", required=True, help="where the trainings are kept: CHECKPOINT.*.pt")
    parser.add_argument("--output", default="person_mobilenet_v2_0.35_96.onnx")
    parser.add_argument("--epochs", type=int, default=40, help="epochs with the teacher")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--export-only", action="store_true", help="export the checkpoint; train nothing")
    arguments = parser.parse_args()
    torch.manual_seed(arguments.seed)
    random.seed(arguments.seed)
    data = arguments.shared / "data"

    teacher = Teacher(arguments.shared / "models/vww_96_float.tflite")
    guided = Guided(MobileNetV2(2, WIDTH, LAST, dropout=0.0, same=True), teacher)
    if arguments.export_only:
        guided = load_average(guided, f"{arguments.checkpoint}.person.pt")
    else:
        guided = distil(guided.start(teacher, seen(data)), data, teacher, arguments)
    export(guided.student, SIZE, arguments.output)


if __name__ == "__main__":
    main()
