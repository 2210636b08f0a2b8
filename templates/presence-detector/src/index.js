// Is it there? POST an image to /presence: {"present": true, "class": "person", "score": 0.87, "threshold": 0.5}
// All else is Wranglet's own service.

import Service from "./service.js";

/** Its variables, of wrangler.toml: PRESENCE_CLASS, one of the labels, and PRESENCE_THRESHOLD, 0 to 1. */
export default class extends Service {
  /** @param {Request} request */
  async fetch(request) {
    const url = new URL(request.url);
    if (url.pathname !== "/presence") return super.fetch(request);

    // The service reads the image, and refuses what it must.
    const { PRESENCE_CLASS: wanted, PRESENCE_THRESHOLD: threshold } = this.env;
    url.pathname = "/classify";
    url.search = "?top=1000"; // the most that it lists
    const response = await super.fetch(new Request(url, request));
    if (!response.ok || request.method !== "POST") return response;
    const { classes } = await response.json();
    const score = classes.find(({ label }) => label === wanted)?.score ?? 0;
    const answer = { present: score >= threshold, class: wanted, score, threshold };
    // With its headers: which origins may read it, and that nobody keeps it.
    return new Response(JSON.stringify(answer), { headers: response.headers });
  }
}
