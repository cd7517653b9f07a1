import * as fs from "node:fs";
import * as http from "node:http";
import type { AddressInfo } from "node:net";
import * as path from "node:path";

const modules = path.join(process.cwd(), "node_modules");

/** What the page loads: transformers.js, the ONNX Runtime that it imports by name, and models. */
const roots: Record<string, string> = {
  transformers: path.join(modules, "@huggingface/transformers/dist"),
  common: path.join(modules, "onnxruntime-common/dist/esm"),
  web: path.join(webRuntime(), "dist"),
};

/** The ONNX Runtime of transformers.js' own choice, wherever npm has put it. */
function webRuntime(): string {
  const from = path.join(modules, "@huggingface/transformers");
  return path.dirname(path.dirname(require.resolve("onnxruntime-web", { paths: [from] })));
}

const imports = {
  "@huggingface/transformers": "/transformers/transformers.web.js",
  "onnxruntime-common": "/common/index.js",
  "onnxruntime-web/webgpu": "/web/ort.webgpu.bundle.min.mjs",
};

/** A page on which `embed(model, texts, options)` gives the vectors that transformers.js computes. */
const page = `<!doctype html><meta charset="utf-8"><title>Vectors in a browser</title>
<script type="importmap">${JSON.stringify({ imports })}</script>
<script type="module">
import { env, pipeline } from "@huggingface/transformers";
env.allowRemoteModels = false;
env.allowLocalModels = true;
env.localModelPath = "/models/";
env.backends.onnx.wasm.wasmPaths = new URL("/web/", location.href).href;
window.embed = async (model, texts, { dtype, ...options }) => {
  const extract = await pipeline("feature-extraction", model, { dtype, device: "wasm" });
  return (await extract(texts, options)).tolist();
};
</script>`;

const types: Record<string, string> = {
  ".js": "text/javascript",
  ".mjs": "text/javascript",
  ".json": "application/json",
  ".wasm": "application/wasm",
};

/** Serves the page and the models below `folder` on 127.0.0.1. */
export async function serveModels(
  folder: string,
): Promise<{ url: string; served: string[]; close: () => void }> {
  const served: string[] = [];
  const server = http.createServer((request, response) => {
    const url = decodeURIComponent(new URL(request.url!, "http://localhost").pathname);
    const [root, ...rest] = url.slice(1).split("/");
    if (root === "") return response.setHeader("content-type", "text/html").end(page);
    const file = path.join(root === "models" ? folder : (roots[root] ?? "/nowhere"), ...rest);
    if (!fs.statSync(file, { throwIfNoEntry: false })?.isFile()) {
      return response.writeHead(404).end();
    }
    served.push(url);
    response.setHeader("content-type", types[path.extname(file)] ?? "application/octet-stream");
    response.setHeader("content-length", fs.statSync(file).size);
    fs.createReadStream(file).pipe(response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  return { url, served, close: () => server.close() };
}
