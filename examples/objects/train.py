#!/usr/bin/env python3
"""Trains examples/objects' network from scratch: MobileNetV2 1.0, ten classes of ImageNet (Imagenette).

    apt-get install python3-torch python3-pil python3-onnx
    python3 examples/objects/train.py --data ../shared/data/imagenette --checkpoint /tmp/objects.pt

Hours on two cores; a second start with the same checkpoint goes on where the first ended. With --export-only the
checkpoint is exported as it is, while another process may go on training it.
"""

import argparse
import sys
from itertools import islice
from pathlib import Path

import torch
from PIL import Image
from torch import nn
from torch.utils.data import DataLoader

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "training"))
from exported import start_from  # noqa: E402
from mobilenet_v2 import MobileNetV2, export  # noqa: E402
from photos import Views, accuracy, centers, in_folders, load  # noqa: E402
from progressive import load_average, train  # noqa: E402

# (size, epochs): most epochs see small views, which cost least; the last come near the size of the Worker's input.
# Views magnify objects, so a network learns best at a smaller size than it is used at (Touvron et al., 2019,
# arXiv:1906.06423).
PHASES = [(64, 10), (96, 6), (128, 4), (144, 1), (192, 2)]
# What --start trains on an exported network: more of the large views, at a lower rate.
REFINEMENT = [(128, 2), (160, 3), (192, 3)]
PEAK, REFINEMENT_PEAK = 4e-3, 1.5e-3  # of the rate
SHORT_SIDE = 144  # that of the training's photos
ERASED = 0.25  # of the views have a grey rectangle
SHARPENED = 0.5  # of the views in the refinement
SMOOTHING = 0.1  # of labels


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", required=True, help="a folder with train/CLASS/*.jpg and val/CLASS/*.jpg")
    parser.add_argument("--checkpoint", required=True, help="where the training is kept after every epoch")
    parser.add_argument("--output", default="objects_mobilenet_v2_1.0_224.onnx")
    parser.add_argument("--start", help="an exported network to refine, instead of random weights")
    parser.add_argument("--size", type=int, default=224, help="the exported input's side")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--export-only", action="store_true", help="export the checkpoint; train nothing")
    arguments = parser.parse_args()
    torch.manual_seed(arguments.seed)

    examples, names = in_folders(Path(arguments.data) / "train")
    if arguments.export_only:
        export(load_average(MobileNetV2(len(names)), arguments.checkpoint), arguments.size, arguments.output)
        return
    held_out, _ = in_folders(Path(arguments.data) / "val")
    arrays = load([path for path, _ in examples], SHORT_SIDE)
    targets = [label for _, label in examples]
    photos = [Image.open(path).convert("RGB") for path, _ in held_out]
    labels = torch.tensor([label for _, label in held_out])

    if arguments.start:
        phases, peak, sharpened = REFINEMENT, REFINEMENT_PEAK, SHARPENED
    else:
        phases, peak, sharpened = PHASES, PEAK, 0.0

    def views(size):
        return Views(arrays, targets, size, erase=ERASED, sharpen=sharpened)

    def evaluate(model, sizes=(160, 224)):
        return "top-1 " + ", ".join(f"{accuracy(model, centers(photos, s), labels):.1f} % at {s}" for s in sizes)

    cross_entropy = nn.CrossEntropyLoss(label_smoothing=SMOOTHING)
    model = MobileNetV2(len(names))
    if arguments.start:
        start_from(model, arguments.start, [x for x, _ in islice(DataLoader(views(160), 32, shuffle=True), 20)])
    model = train(
        model,
        views,
        phases,
        lambda images, logits, labels: cross_entropy(logits, labels),
        evaluate,
        arguments.checkpoint,
        peak=peak,
    )
    print(evaluate(model, (160, 192, 224)))
    export(model, arguments.size, arguments.output)


if __name__ == "__main__":
    main()
