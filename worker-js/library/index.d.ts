/** What a network says that an image may be. */
export interface Class {
  /** Its name, or its index if the network has no labels. */
  label: string;
  index: number;
  /** As the network gives it: of most, 0 to 1, all of them summing to 1. */
  score: number;
}

export interface Classification {
  /** The class of the highest score. */
  label: string;
  score: number;
  /** The highest score first. */
  classes: Class[];
}

/**
 * Classifies an image. The first call makes the network ready; later ones only infer.
 *
 * @param image an encoded image, such as a request's body: `await request.arrayBuffer()`
 * @param options top: how many classes to list at most; 10 by default
 * @throws {ImageError} when the image is to blame
 */
export function classify(
  image: ArrayBuffer | ArrayBufferView,
  options?: { top?: number },
): Classification;

/** An image that can't be classified; the message may be shown to its sender. */
export class ImageError extends Error {
  private constructor();
  readonly kind: "unsupported-image" | "corrupt-image" | "image-too-large";
}

/** The network's name, a hash of its weights and steps, and the names of its classes. */
export const name: string;
export const version: string;
export const labels: readonly string[];
