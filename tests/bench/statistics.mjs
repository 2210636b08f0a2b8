// Of samples on a noisy machine: medians and quantiles, never means.

/**
 * @param {number[]} samples at least one
 * @param {number} q from 0, the least, to 1, the greatest
 * @returns {number} the quantile, between two samples in proportion
 */
export function quantile(samples, q) {
  const sorted = samples.toSorted((a, b) => a - b);
  const place = q * (sorted.length - 1);
  const below = Math.floor(place);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
}

/** @param {number[]} samples */
export const median = (samples) => quantile(samples, 0.5);

/**
 * @param {number[]} samples
 * @returns {number} half the distance between the quartiles, as a part of the median: what one run differs by
 */
export const spread = (samples) =>
  (quantile(samples, 0.75) - quantile(samples, 0.25)) / 2 / median(samples);
