// Who may use a Worker: tokens, rates and origins, as a client meets them.

import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { assertProblem, call, create, files, image } from "./fake_service.mjs";

const classify = (worker, headers, env) =>
  call(worker, "/classify", { method: "POST", body: image(0, 1, 2, 3), headers }, env);

describe('auth = "bearer"', () => {
  const worker = create([files()], { auth: "bearer" });
  const env = { WRANGLET_TOKEN: "correct-horse" };

  test("lets in who has the token", async () => {
    for (const value of ["Bearer correct-horse", "bearer  correct-horse "]) {
      assert.equal((await classify(worker, { authorization: value }, env)).status, 200, value);
    }
  });

  for (const value of [
    undefined,
    "",
    "Bearer",
    "Bearer ",
    "Bearer wrong",
    "Bearer correct",
    "Basic correct-horse",
  ]) {
    test(`refuses ${value ?? "no header"}`, async () => {
      const response = await classify(
        worker,
        value === undefined ? {} : { authorization: value },
        env,
      );
      assert.equal(response.headers.get("www-authenticate"), "Bearer");
      await assertProblem(response, 401, "unauthorized");
    });
  }

  test("refuses before a byte of the body is read", async () => {
    let isRead = false;
    const body = new ReadableStream({ pull: () => void (isRead = true) }, { highWaterMark: 0 });
    await call(worker, "/classify", { method: "POST", body, duplex: "half" }, env);
    assert.equal(isRead, false);
  });

  test("is closed as long as the secret is not set", async (t) => {
    const logged = t.mock.method(console, "error", () => {});
    for (const token of [undefined, ""]) {
      const response = await classify(
        worker,
        { authorization: "Bearer " },
        { WRANGLET_TOKEN: token },
      );
      await assertProblem(response, 500, "internal-error");
    }
    assert.match(String(logged.mock.calls[0].arguments[1]), /wrangler secret put WRANGLET_TOKEN/);
  });

  test("guards all but health", async () => {
    for (const path of ["/", "/metrics", "/v2", "/v2/models/fake", "/v2/models/fake/ready"]) {
      assert.equal((await call(worker, path, {}, env)).status, 401, path);
    }
    for (const path of ["/v2/health/live", "/v2/health/ready"]) {
      assert.equal((await call(worker, path, {}, env)).status, 200, path);
    }
  });
});

describe("a rate limit", () => {
  const worker = create([files()], { rateLimitSeconds: 60 });
  const limiter = (allowed) => {
    const counts = new Map();
    return {
      limit: async ({ key }) => {
        counts.set(key, (counts.get(key) ?? 0) + 1);
        return { success: counts.get(key) <= allowed };
      },
    };
  };

  test("is each client's own", async () => {
    const env = { RATE_LIMITER: limiter(2) };
    const status = async (client) =>
      (await classify(worker, { "cf-connecting-ip": client }, env)).status;
    assert.deepEqual([await status("a"), await status("a"), await status("b")], [200, 200, 200]);
    const refused = await classify(worker, { "cf-connecting-ip": "a" }, env);
    assert.equal(refused.headers.get("retry-after"), "60");
    await assertProblem(refused, 429, "too-many-requests");
  });

  test("counts guesses of the token too", async () => {
    const guarded = create([files()], { rateLimitSeconds: 60, auth: "bearer" });
    const env = { RATE_LIMITER: limiter(1), WRANGLET_TOKEN: "t" };
    assert.equal((await classify(guarded, { authorization: "Bearer x" }, env)).status, 401);
    assert.equal((await classify(guarded, { authorization: "Bearer y" }, env)).status, 429);
  });

  test("without its binding is closed", async (t) => {
    t.mock.method(console, "error", () => {});
    assert.equal((await classify(worker, {}, {})).status, 500);
  });
});

describe("other origins", () => {
  const origin = "https://shop.example";
  const preflight = (worker, path = "/classify") =>
    call(worker, path, {
      method: "OPTIONS",
      headers: { origin, "access-control-request-method": "POST" },
    });

  test("may not use it, unless they are named", async () => {
    for (const cors of [undefined, ["https://other.example"]]) {
      const worker = create([files()], cors && { cors });
      const response = await classify(worker, { origin });
      assert.equal(response.headers.get("access-control-allow-origin"), null);
      assert.equal(response.headers.get("vary"), cors ? "origin" : null);
    }
  });

  test("that are named get answers and problems", async () => {
    const worker = create([files()], { cors: [origin] });
    for (const response of [
      await classify(worker, { origin }),
      await call(worker, "/none", { headers: { origin } }),
    ]) {
      assert.equal(response.headers.get("access-control-allow-origin"), origin);
      assert.equal(response.headers.get("vary"), "origin");
    }
  });

  test("and the page's, at the same path, keep caches apart", async () => {
    const response = await call(create([files()], { cors: [origin] }), "/", {
      headers: { origin },
    });
    assert.equal(response.headers.get("vary"), "accept, origin");
  });

  test("are told by a preflight what the path takes", async () => {
    const response = await preflight(create([files()], { cors: ["*"] }));
    assert.equal(response.status, 204);
    assert.equal(response.headers.get("access-control-allow-origin"), "*");
    assert.equal(response.headers.get("access-control-allow-methods"), "POST, OPTIONS");
    assert.match(response.headers.get("access-control-allow-headers"), /content-type/);
  });

  test("OPTIONS lists the path's methods; of nothing it is 404", async () => {
    assert.equal((await preflight(create(), "/v2")).headers.get("allow"), "GET, HEAD, OPTIONS");
    await assertProblem(await preflight(create(), "/none"), 404, "not-found");
  });
});
