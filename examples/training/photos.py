"""Photos in memory, and the random views of them that a training sees."""

import math
import random
from pathlib import Path

import numpy as np
import torch
from PIL import Image, ImageEnhance
from torch.utils.data import Dataset

from device import DEVICE


def in_folders(root):
    """(path, class) of each JPEG in `root`, whose folders are the classes in alphabetical order; and their names."""
    names = sorted(folder.name for folder in Path(root).iterdir() if folder.is_dir())
    found = [(path, i) for i, name in enumerate(names) for path in sorted((Path(root) / name).glob("*.jpg"))]
    if not found:
        raise SystemExit(f"{root}: no folders of .jpg files; name a folder with one folder a class")
    return found, names


def load(paths, short_side):
    """The photos as RGB arrays, those with a longer short side reduced to it."""
    arrays = []
    for path in paths:
        image = Image.open(path).convert("RGB")
        factor = short_side / min(image.size)
        if factor < 1:
            image = image.resize([max(short_side, round(side * factor)) for side in image.size], Image.BILINEAR)
        arrays.append(np.asarray(image))
    return arrays


def to_tensor(image):
    """An RGB image as [3, H, W] in [-1, 1]."""
    return torch.from_numpy(np.array(image)).permute(2, 0, 1).float().div_(127.5).sub_(1)


def center(image, size):
    """The centre square at size x size, as the Worker's codec makes it."""
    width, height = image.size
    side = min(width, height)
    left, top = (width - side) // 2, (height - side) // 2
    return image.resize((size, size), Image.BILINEAR, box=(left, top, left + side, top + side))


def centers(photos, size):
    """The centre squares of images as one batch [N, 3, size, size]."""
    return torch.stack([to_tensor(center(photo, size)) for photo in photos])


@torch.no_grad()
def accuracy(model, images, labels):
    """Top-1 in percent over preprocessed images."""
    batches = zip(images.split(25), labels.split(25))
    right = sum((model(x.to(DEVICE)).argmax(1).cpu() == y).sum().item() for x, y in batches)
    return 100 * right / len(images)


FILTERS = [Image.BILINEAR, Image.BICUBIC, Image.LANCZOS]


class Views(Dataset):
    """A random view of each photo: crop of `area` of it (a share), flip, brightness, contrast and saturation.

    Crops as in Szegedy et al. (2014, arXiv:1409.4842): aspect ratios 3:4 to 4:3. A view that is larger than its crop is
    blurred, which a photo of the Worker's clients is not; so `sharpen` of the views are sharpened, at random.
    """

    def __init__(self, arrays, targets, size, area=(0.25, 1.0), jitter=0.3, erase=0.0, sharpen=0.0):
        self.arrays, self.targets, self.size = arrays, targets, size
        self.area, self.jitter, self.erase, self.sharpen = area, jitter, erase, sharpen

    def __len__(self):
        return len(self.arrays)

    def __getitem__(self, i):
        image = Image.fromarray(self.arrays[i])
        resampling = random.choice(FILTERS) if self.sharpen else Image.BILINEAR
        image = image.resize((self.size, self.size), resampling, box=self._box(*image.size))
        if random.random() < self.sharpen:
            image = ImageEnhance.Sharpness(image).enhance(random.uniform(1, 5))
        for enhance in (ImageEnhance.Brightness, ImageEnhance.Contrast, ImageEnhance.Color):
            image = enhance(image).enhance(random.uniform(1 - self.jitter, 1 + self.jitter))
        tensor = to_tensor(image)
        if random.random() < 0.5:
            tensor = tensor.flip(2)
        if random.random() < self.erase:
            self._erase(tensor)
        return tensor, self.targets[i]

    def _box(self, width, height):
        for _ in range(10):
            area = width * height * random.uniform(*self.area)
            ratio = math.exp(random.uniform(math.log(3 / 4), math.log(4 / 3)))
            w, h = math.sqrt(area * ratio), math.sqrt(area / ratio)
            if w <= width and h <= height:
                left, top = random.uniform(0, width - w), random.uniform(0, height - h)
                return (left, top, left + w, top + h)
        side = min(width, height)
        left, top = (width - side) / 2, (height - side) / 2
        return (left, top, left + side, top + side)

    def _erase(self, tensor):
        """Random erasing (Zhong et al., 2017, arXiv:1708.04896), with grey."""
        h, w = (random.randint(self.size // 8, self.size // 2) for _ in range(2))
        top, left = random.randint(0, self.size - h), random.randint(0, self.size - w)
        tensor[:, top : top + h, left : left + w] = 0
