// The page's program: a picture comes from a file, a drop, the clipboard or the camera, goes to a model of this
// Worker, and its classes are shown.

/** @typedef {{ label: string, index: number, score: number }} Class */
/** @typedef {{ decode: number, infer: number }} Timing */
/** @typedef {{ model: string, version: string, classes: Class[], timing: Timing }} Answer */

/** A picture of more bytes is reduced before it is sent, to so many pixels a side: far more than networks look at. */
const LARGE_BYTES = 2_000_000;
const REDUCED_SIDE = 1600;

/** Milliseconds from one look's answer to the next look through the camera: each is a request. */
const LIVE_PAUSE = 500;

/**
 * @template {Element} T
 * @param {string} id
 * @param {new () => T} type
 */
function element(id, type) {
  const found = document.getElementById(id);
  if (!(found instanceof type)) throw new Error(`#${id} is missing`);
  return found;
}

const access = element("access", HTMLFormElement);
const again = element("again", HTMLElement);
const classes = element("classes", HTMLElement);
const choose = element("choose", HTMLElement);
const close = element("close", HTMLButtonElement);
const facts = element("facts", HTMLElement);
const file = element("file", HTMLInputElement);
const live = element("live", HTMLInputElement);
const model = element("model", HTMLSelectElement);
const open = element("open", HTMLButtonElement);
const picture = element("picture", HTMLImageElement);
const problem = element("problem", HTMLElement);
const row = element("row", HTMLTemplateElement);
const shoot = element("shoot", HTMLButtonElement);
const status = element("status", HTMLElement);
const token = element("token", HTMLInputElement);
const video = element("video", HTMLVideoElement);

/** The picture last taken, for when the model or the token changes. @type {Blob | undefined} */
let latest;
let request = new AbortController();
let nextLook = 0;

/** @param {Blob} blob a new picture, from anywhere but the camera */
function take(blob) {
  closeCamera();
  URL.revokeObjectURL(picture.src);
  picture.src = URL.createObjectURL(blob);
  picture.hidden = false;
  return classify(blob);
}

/** @param {Blob} blob an encoded picture */
async function classify(blob) {
  latest = blob;
  request.abort();
  request = new AbortController();
  const { signal } = request;
  if (!live.checked) say("Classifying …");
  try {
    const body = await sendable(blob);
    signal.throwIfAborted();
    const start = performance.now();
    const response = await fetch(`${model.value}?top=10`, {
      method: "POST",
      body,
      headers: token.value ? { authorization: `Bearer ${token.value}` } : {},
      signal,
    });
    const text = await response.text();
    const time = performance.now() - start;
    if (response.ok) showAnswer(JSON.parse(text), time, body.size, blob.size);
    else showRefusal(response.status, text);
  } catch (error) {
    if (!signal.aborted) showProblem("No answer came.", String(error));
  }
}

/**
 * @param {Blob} blob
 * @returns {Promise<Blob>} the picture as it is; as a smaller JPEG when it is large or of a type that the Worker may
 *     not know, and this browser can decode it
 */
async function sendable(blob) {
  if (blob.size <= LARGE_BYTES && file.accept.split(",").includes(blob.type)) return blob;
  const bitmap = await createImageBitmap(blob).catch(() => null);
  if (!bitmap) return blob;
  const scale = Math.min(1, REDUCED_SIDE / Math.max(bitmap.width, bitmap.height));
  return jpeg(bitmap, bitmap.width * scale, bitmap.height * scale);
}

/**
 * @param {CanvasImageSource} source
 * @param {number} width
 * @param {number} height
 */
function jpeg(source, width, height) {
  const canvas = new OffscreenCanvas(
    Math.max(1, Math.round(width)),
    Math.max(1, Math.round(height)),
  );
  const context = /** @type {OffscreenCanvasRenderingContext2D} */ (canvas.getContext("2d"));
  context.fillStyle = "white"; // behind what is transparent
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.drawImage(source, 0, 0, canvas.width, canvas.height);
  return canvas.convertToBlob({ type: "image/jpeg", quality: 0.9 });
}

/**
 * @param {Answer} answer
 * @param {number} time milliseconds from here to here
 * @param {number} sent bytes
 * @param {number} original bytes
 */
function showAnswer({ model, version, classes: found, timing }, time, sent, original) {
  clear();
  const [best] = found;
  // While the camera keeps looking, only another class is worth an announcement.
  say(live.checked ? best.label : `${best.label}, ${scoreText(found, best)}`);
  classes.append(...found.map(() => row.content.cloneNode(true)).slice(classes.children.length));
  const highest = Math.max(1, best.score);
  found.forEach((one, i) => {
    const item = /** @type {HTMLElement} */ (classes.children[i]);
    item.style.setProperty("--part", String(Math.max(0, one.score / highest)));
    item.children[0].textContent = one.label;
    item.children[1].textContent = scoreText(found, one);
  });
  while (classes.children.length > found.length) classes.lastElementChild?.remove();
  const from = sent === original ? "" : `, made of ${number(original)}`;
  // In production the Worker's clock stands still while it computes: both are 0 there.
  const parts = timing.decode + timing.infer > 0;
  showFacts({
    Time: `${number(time)} ms there and back`,
    ...(parts && { Decoding: `${timing.decode} ms`, Inference: `${timing.infer} ms` }),
    Sent: `as ${number(sent)} bytes${from}`,
    Model: `${model}, version ${version}`,
  });
}

/**
 * @param {Class[]} all
 * @param {Class} one
 */
function scoreText(all, { score }) {
  const isShare = all.every((other) => other.score >= 0 && other.score <= 1);
  return isShare ? `${(score * 100).toFixed(1)} %` : score.toFixed(3);
}

/** @param {number} value */
function number(value) {
  return Math.round(value).toLocaleString("en");
}

/** @param {Record<string, string>} texts by their names */
function showFacts(texts) {
  facts.replaceChildren();
  for (const [name, text] of Object.entries(texts)) {
    facts.appendChild(document.createElement("dt")).append(name);
    facts.appendChild(document.createElement("dd")).append(text);
  }
}

/**
 * @param {number} code
 * @param {string} text the response's: RFC 9457 problem details, or what some proxy says
 */
function showRefusal(code, text) {
  /** @type {{ title?: string, detail?: string }} */
  let details = {};
  try {
    details = JSON.parse(text);
  } catch {
    // The status says enough.
  }
  showProblem(`${details.title ?? `Status ${code}`}.`, details.detail ?? "");
  access.hidden = code !== 401;
  if (code === 401) token.focus();
}

/**
 * @param {string} title
 * @param {string} detail
 */
function showProblem(title, detail) {
  clear();
  live.checked = false;
  say("");
  classes.replaceChildren();
  facts.replaceChildren();
  problem.textContent = `${title} ${detail}`;
}

function clear() {
  access.hidden = true;
  problem.textContent = "";
}

/** @param {string} text shown, and read out when it is new */
function say(text) {
  if (status.textContent !== text) status.textContent = text;
}

async function openCamera() {
  try {
    video.srcObject = await navigator.mediaDevices.getUserMedia({
      video: { facingMode: "environment" },
    });
    await video.play();
    showCamera(true);
    shoot.focus();
  } catch (error) {
    showProblem("The camera can't be used.", String(error));
  }
}

/** @param {boolean} isOpen */
function showCamera(isOpen) {
  for (const part of [video, shoot, close, again]) part.hidden = !isOpen;
  for (const part of [choose, open]) part.hidden = isOpen;
}

function closeCamera() {
  if (!(video.srcObject instanceof MediaStream)) return;
  for (const track of video.srcObject.getTracks()) track.stop();
  video.srcObject = null;
  live.checked = false;
  const isFocused = document.activeElement?.closest(".controls");
  showCamera(false);
  if (isFocused) open.focus(); // what had it is hidden now
}

const frame = () => jpeg(video, video.videoWidth, video.videoHeight);

async function look() {
  if (!live.checked) return;
  await classify(await frame());
  clearTimeout(nextLook);
  nextLook = setTimeout(look, LIVE_PAUSE);
}

/** @param {DataTransfer | null} data of a drop or of the clipboard */
function takeFrom(data) {
  const [found] = data?.files ?? [];
  if (found) take(found);
  return Boolean(found);
}

open.hidden = !navigator.mediaDevices; // which only secure pages have
open.addEventListener("click", openCamera);
close.addEventListener("click", closeCamera);
shoot.addEventListener("click", async () => take(await frame()));
live.addEventListener("change", look);
picture.addEventListener("error", () => (picture.hidden = true)); // not one that a browser can show
file.addEventListener("change", () => {
  if (file.files?.[0]) take(file.files[0]);
  file.value = ""; // the same file may be chosen again
});
model.addEventListener("change", () => latest && classify(latest));
access.addEventListener("submit", (event) => {
  event.preventDefault();
  if (latest) classify(latest);
});
document.addEventListener("paste", (event) => {
  if (takeFrom(event.clipboardData)) event.preventDefault();
});
for (const name of ["dragover", "dragleave", "drop"]) {
  document.addEventListener(name, (event) => {
    event.preventDefault();
    document.body.classList.toggle("over", name === "dragover");
  });
}
document.addEventListener("drop", ({ dataTransfer }) => takeFrom(dataTransfer));
