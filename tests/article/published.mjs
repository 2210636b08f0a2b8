// What the article measured, in milliseconds, as it published it; on other machines, years ago.

export const PUBLISHED = {
  title: "The article",
  networks: {
    objects: { infer: 189, memory: 110 },
    person: { infer: 15, memory: 159 },
  },
  tensorflow: 1500,
  // The memory's share of all, before and after weights became 8 bits.
  memoryShare: { before: 0.48, after: 0.26 },
};
