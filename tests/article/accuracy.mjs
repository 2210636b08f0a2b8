// How many labelled photos a Worker's models know, asked over HTTP as any client does.

import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";

/** Where a model of this name classifies. */
const CLASSIFY = (name) => `/classify/${name}`;

/**
 * @typedef {object} LabelledPhoto
 * @property {string} file
 * @property {string} label as the network's labels have it
 */

/**
 * The labelled photos of ../shared/data that no network of the examples was trained on.
 *
 * @type {Record<string, (data: string) => LabelledPhoto[]>} by network; `data` is that folder
 */
const HELD_OUT = {
  objects: (data) => inFolders(path.join(data, "imagenette/val")),
  person: (data) =>
    inTable(path.join(data, "coco_person/labels.csv"), ({ split }) => split === "val2017"),
};

/**
 * @param {string} network "objects" or "person"
 * @param {string} data
 * @returns {LabelledPhoto[] | undefined} nothing where they are not at hand
 */
export function heldOutPhotos(network, data) {
  return existsSync(data) ? HELD_OUT[network](data) : undefined;
}

/** Photos in folders named by their class. @param {string} root */
export function inFolders(root) {
  return readdirSync(root)
    .sort()
    .flatMap((folder) =>
      readdirSync(path.join(root, folder))
        .sort()
        .map((name) => ({ file: path.join(root, folder, name), label: folder })),
    );
}

/**
 * Photos of a table without quotes whose column `person` is 1 or 0, beside it.
 *
 * @param {string} table
 * @param {(row: Record<string, string>) => boolean} [isMeant]
 */
export function inTable(table, isMeant = () => true) {
  const [header, ...rows] = readFileSync(table, "utf8")
    .trim()
    .split("\n")
    .map((line) => line.split(","));
  return rows
    .map((row) => Object.fromEntries(header.map((column, i) => [column, row[i]])))
    .filter(isMeant)
    .map(({ file, person }) => ({
      file: path.join(path.dirname(table), file),
      label: person === "1" ? "person" : "no person",
    }));
}

/** Folders' names have no spaces nor capitals. */
const plain = (label) => label.toLowerCase().replaceAll(" ", "_");

/**
 * @param {import("wranglet/testing").RunningWorker} worker
 * @param {string} model its name in the Worker
 * @param {LabelledPhoto[]} photos
 * @returns {Promise<{ right: number, total: number }>} how many it puts into their class first
 */
export async function measureAccuracy(worker, model, photos) {
  let right = 0;
  for (const { file, label } of photos) {
    const body = readFileSync(file);
    const response = await worker.fetch(CLASSIFY(model), { method: "POST", body });
    const answer = await response.json();
    if (!response.ok) throw new Error(`${model}, ${file}: ${answer.status} ${answer.title}`);
    right += plain(answer.label) === plain(label);
  }
  return { right, total: photos.length };
}
