import assert from "node:assert/strict";
import test from "node:test";
import { InputError } from "mrl/common";
import { crawl, docPage, sendHtml, withSite, type Handler } from "./test-site";

const pathsOf = (pages: { page: string }[]): string[] => pages.map(({ page }) => page);

test("robots.txt is honoured and the crawler says who it is", () => {
  const robots: Handler = (response) => {
    response.end(
      "User-agent: *\nDisallow: /\n\nUser-agent: matryoshka-search\nDisallow: /private/\n",
    );
  };
  return withSite(
    {
      "/robots.txt": robots,
      "/": docPage("Start", ["a.html", "private/b.html"]),
      "/a.html": docPage("A"),
    },
    async (site, folder) => {
      const result = await crawl(`${site.url}/`, folder);
      assert.deepEqual(pathsOf(result.pages), ["a.html", "index.html"]);
      assert.deepEqual(result.skipped, [
        { url: `${site.url}/private/b.html`, reason: "robots.txt disallows it" },
      ]);
      for (const { agent } of site.requests) assert.match(agent ?? "", /^matryoshka-search\//);
    },
  );
});

test("the pause that robots.txt asks for lies between requests", () => {
  const robots: Handler = (response) => void response.end("User-agent: *\nCrawl-delay: 0.05\n");
  const names = ["a.html", "b.html", "c.html"];
  const paths = Object.fromEntries(names.map((name) => [`/${name}`, docPage(name)]));
  return withSite(
    { "/robots.txt": robots, "/": docPage("Start", names), ...paths },
    async (site, folder) => {
      const startedAt = performance.now();
      await crawl(`${site.url}/`, folder);
      assert.ok(performance.now() - startedAt > 140, "three pauses of 50 ms");
    },
  );
});

test("the pause of the settings lies between requests where robots.txt asks for less", () => {
  const names = ["a.html", "b.html", "c.html"];
  const paths = Object.fromEntries(names.map((name) => [`/${name}`, docPage(name)]));
  const at: number[] = [];
  const start: Handler = (response) => sendHtml(response, docPage("Start", names));
  const robots: Handler = (response) => void response.end("User-agent: *\nCrawl-delay: 0.01\n");
  return withSite({ "/robots.txt": robots, "/": start, ...paths }, async (site, folder) => {
    const counted: typeof fetch = (input, init) => {
      at.push(performance.now());
      return fetch(input, init);
    };
    await crawl(`${site.url}/`, folder, { delayMs: 60, fetch: counted, useSitemap: false });
    const pauses = at.slice(2).map((time, i) => time - at[i + 1]);
    assert.equal(pauses.length, 3);
    pauses.forEach((pause) => assert.ok(pause > 55, `${pause} ms`));
  });
});

test("a pause longer than the crawl is willing to wait is refused, with the way out", () =>
  withSite(
    { "/robots.txt": (response) => void response.end("User-agent: *\nCrawl-delay: 1e12\n") },
    async (site, folder) => {
      await assert.rejects(crawl(`${site.url}/`, folder), (error: Error) => {
        assert.ok(error instanceof InputError);
        assert.match(error.message, /asks for 1000000000000 s between two requests: ask the site/);
        return true;
      });
      assert.equal(site.requests.length, 1);
    },
  ));

test("robots.txt is followed inside its site only, and its start counts where it is very long", () =>
  withSite({}, async (foreign, folder) => {
    const moved: Handler = (response) =>
      void response.writeHead(301, { location: "/rules.txt" }).end();
    const long: Handler = (response) =>
      void response.end(`User-agent: *\nDisallow: /a.html\n${"# comment\n".repeat(200_000)}`);
    const paths = { "/": docPage("Start", ["a.html", "b.html"]), "/b.html": docPage("B") };
    await withSite({ ...paths, "/robots.txt": moved, "/rules.txt": long }, async (site) => {
      const { skipped } = await crawl(`${site.url}/`, folder);
      assert.deepEqual(skipped, [{ url: `${site.url}/a.html`, reason: "robots.txt disallows it" }]);
    });
    const away: Handler = (response) =>
      void response.writeHead(301, { location: `${foreign.url}/robots.txt` }).end();
    await withSite({ ...paths, "/robots.txt": away }, async (site) => {
      await assert.rejects(
        crawl(`${site.url}/`, folder),
        /robots\.txt redirects to .* another site/,
      );
    });
    assert.equal(foreign.requests.length, 0);
  }));

test("the crawler introduces itself as the settings say, and keeps to the rules for that name", () => {
  const robots: Handler = (response) =>
    void response.end("User-agent: my-crawler\nDisallow: /a.html\n");
  const paths = { "/robots.txt": robots, "/": docPage("Start", ["a.html", "b.html"]) };
  return withSite({ ...paths, "/b.html": docPage("B") }, async (site, folder) => {
    const userAgent = "my-crawler/1.0 (me@example.org)";
    const { skipped } = await crawl(`${site.url}/`, folder, { userAgent });
    assert.equal(skipped[0]?.reason, "robots.txt disallows it");
    for (const { agent } of site.requests) assert.equal(agent, userAgent);
  });
});

/** Resolves names to `addresses`, one after the other; the last one stays. */
