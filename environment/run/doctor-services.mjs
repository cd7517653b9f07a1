import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import { createRequire } from "node:module";
import { pythonOf } from "../setup/python.mjs";

const timeoutMs = 10_000;

/** What the settings ask for and where it comes from. Each check gives {state: good | note | bad, text, todo?}. */
export function checkServices() {
  return [
    { title: "npm packages", look: lookAtNpm },
    { title: "PyPI packages", look: lookAtPyPI },
    { title: "Settings", look: lookAtSettings },
    { title: "Site", look: lookAtSite },
    { title: "Questions", look: lookAtQuestions },
    { title: "Publishing", look: lookAtPublishing },
  ];
}

function lookAtNpm({ env }) {
  const args = ["ping", "--fetch-retries=0", `--fetch-timeout=${timeoutMs}`];
  return judgeRegistry(
    spawnSync("npm", args, { env, timeout: 2 * timeoutMs }),
    "npm config get registry",
  );
}

function lookAtPyPI({ venv, env }) {
  const python = fs.existsSync(pythonOf(venv)) ? pythonOf(venv) : "python3";
  const args = ["-m", "pip", "index", "versions", "pip", "--retries=0", "--timeout=10"];
  return judgeRegistry(spawnSync(python, args, { env, timeout: 2 * timeoutMs }), "pip config list");
}

/** A registry is needed only until the set-up is complete. */
function judgeRegistry({ status }, command) {
  if (status === 0) return { state: "good", text: "can be reached" };
  const todo = `needed only for what the set-up still lacks; \`${command}\` shows where it looks`;
  return { state: "note", text: "cannot be reached", todo };
}

/** The settings of the profile with what environment variables change; undefined before the library is built. */
function readSettings({ root, profile, env, inRoot }) {
  const built = inRoot("lib", "dist", "common", "index.js");
  if (!fs.existsSync(built)) return undefined;
  const { loadSettings } = createRequire(built)(built);
  return loadSettings({}, { ...env, MRL_PROFILE: profile, MRL_ROOT: root });
}

function lookAtSettings(context) {
  try {
    const settings = readSettings(context);
    if (!settings) return { state: "note", text: "not checked: the library is not built yet" };
    return { state: "good", text: `${settings.model.base}, ${settings.model.dims.join("/")}` };
  } catch (error) {
    if (error.name !== "InputError") throw error;
    return { state: "bad", text: error.message, todo: "change or unset that variable" };
  }
}

/** Runs a check on the settings; where they cannot be read, the check above has said so. */
async function withSettings(context, look) {
  const unknown = { state: "note", text: "not checked, for want of settings" };
  try {
    return (await look(readSettings(context))) ?? unknown;
  } catch (error) {
    if (error.name === "InputError") return unknown;
    throw error;
  }
}

function lookAtSite(context) {
  return withSettings(context, async (settings) => {
    if (!settings) return undefined;
    const { startUrl } = settings.site;
    if (startUrl === "" || context.profile === "smoke")
      return { state: "good", text: "the sample site, on this machine" };
    const reply = await tryFetch(startUrl);
    if (reply.ok) return { state: "good", text: startUrl };
    const todo = "look at the address in a browser; MRL_SITE_START_URL names another";
    return { state: "bad", text: `${startUrl} ${reply.reason}`, todo };
  });
}

function lookAtQuestions(context) {
  return withSettings(context, async (settings) => {
    if (!settings) return undefined;
    const { source, model, baseUrl } = settings.questions;
    if (source === "replay") return { state: "good", text: "recorded answers, no key needed" };
    const key = context.env.OPENAI_API_KEY;
    const address = (baseUrl || "https://api.openai.com/v1").replace(/\/$/, "");
    if (!key && !baseUrl) {
      const todo = "export OPENAI_API_KEY=…, or MRL_QUESTIONS_BASE_URL for a server of your own";
      return { state: "bad", text: `${model} needs a key, and OPENAI_API_KEY is not set`, todo };
    }
    const reply = await tryFetch(`${address}/models`, { authorization: `Bearer ${key ?? "none"}` });
    if (reply.ok) return { state: "good", text: `${address} takes the key; model ${model}` };
    const todo = "check OPENAI_API_KEY and MRL_QUESTIONS_BASE_URL";
    return { state: "bad", text: `${address} ${reply.reason}`, todo };
  });
}

function lookAtPublishing(context) {
  return withSettings(context, async (settings) => {
    if (!settings) return undefined;
    if (settings.publish.dryRun) return { state: "good", text: "a dry run, no token needed" };
    if (context.env.HF_TOKEN) return { state: "good", text: `HF_TOKEN is set` };
    return { state: "bad", text: "HF_TOKEN is not set", todo: "notebook 09 says how to get one" };
  });
}

async function tryFetch(url, headers = {}) {
  try {
    const { ok, status } = await fetch(url, { headers, signal: AbortSignal.timeout(timeoutMs) });
    return { ok, reason: `answers with status ${status}` };
  } catch (error) {
    return { ok: false, reason: `cannot be reached (${(error.cause ?? error).message})` };
  }
}
