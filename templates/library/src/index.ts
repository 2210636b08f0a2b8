// A Worker of one's own that uses the model: POST an image, get its class.

import { classify, ImageError } from "./model/index.js";

export default {
  async fetch(request: Request): Promise<Response> {
    if (request.method !== "POST") {
      return new Response("POST an image\n", { status: 405, headers: { allow: "POST" } });
    }
    try {
      return Response.json(classify(await request.arrayBuffer(), { top: 5 }));
    } catch (error) {
      if (!(error instanceof ImageError)) throw error;
      return Response.json({ error: error.message }, { status: 422 });
    }
  },
};
