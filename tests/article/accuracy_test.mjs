import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, describe, test } from "node:test";

import { heldOutPhotos, inFolders, inTable, measureAccuracy } from "./accuracy.mjs";

const folder = mkdtempSync(path.join(tmpdir(), "accuracy-"));
after(() => rmSync(folder, { recursive: true }));
const write = (name, text) => {
  const file = path.join(folder, name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, text);
  return file;
};

write("imagenette/val/chain_saw/a.jpg", "chain saw");
write("imagenette/val/tench/b.jpg", "golf ball");
const table = write(
  "coco_person/labels.csv",
  "file,split,person,area\n1.jpg,val2017,1,0.2\n2.jpg,train2017,0,0\n3.jpg,val2017,0,0\n",
);

test("folders are classes", () => {
  const photos = inFolders(path.join(folder, "imagenette/val"));
  assert.deepEqual(
    photos.map(({ file, label }) => [path.basename(file), label]),
    [
      ["a.jpg", "chain_saw"],
      ["b.jpg", "tench"],
    ],
  );
});

test("a table tells who shows a person", () => {
  assert.deepEqual(
    inTable(table).map(({ file, label }) => [path.basename(file), label]),
    [
      ["1.jpg", "person"],
      ["2.jpg", "no person"],
      ["3.jpg", "no person"],
    ],
  );
});

describe("photos held out", () => {
  test("person's are of val2017", () => {
    assert.deepEqual(
      heldOutPhotos("person", folder).map(({ file }) => path.basename(file)),
      ["1.jpg", "3.jpg"],
    );
  });

  test("there are none where the folder is not", () => {
    assert.equal(heldOutPhotos("objects", path.join(folder, "nothing")), undefined);
  });
});

describe("accuracy", () => {
  // A Worker that answers what the photo's bytes say.
  const worker = {
    asked: [],
    async fetch(url, { body }) {
      this.asked.push(url);
      return Response.json({ label: String(body) });
    },
  };

  test("labels count whose letters are those of the folder", async () => {
    const photos = heldOutPhotos("objects", folder);
    assert.deepEqual(await measureAccuracy(worker, "objects", photos), { right: 1, total: 2 });
    assert.ok(worker.asked.every((url) => url.endsWith("/objects")));
  });

  test("a refusal is an error that names the photo", async () => {
    const refusing = {
      fetch: async () => Response.json({ status: 415, title: "No image" }, { status: 415 }),
    };
    const photos = heldOutPhotos("objects", folder);
    await assert.rejects(measureAccuracy(refusing, "objects", photos), /a\.jpg: 415 No image/);
  });
});
