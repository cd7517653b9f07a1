import * as path from "node:path";
import type { RunSettings } from "../common/index";
import { displayBundle, escapeHtml } from "./display";

/** What a loaded model says about where and how it computes. */
export interface BannerModel {
  device?: string;
  precision?: string;
}

/**
 * Shows on one line what this run uses: profile, device, precision, base model, and the folder it writes to,
 * relative to the project so that a stored notebook holds no path of a machine.
 * @param model the loaded model, if there is one: its device and precision are what `auto` came to
 */
export function showBanner(settings: RunSettings, model: BannerModel = {}): void {
  const parts: [string, string][] = [
    ["profile", settings.profile],
    ["device", model.device ?? settings.model.device],
    ["precision", model.precision ?? settings.model.precision],
    ["base model", path.basename(settings.model.base)],
    ["writes to", path.relative(settings.root, settings.workDir).split(path.sep).join("/")],
  ];
  displayBundle({
    "text/html": parts.map(([name, value]) => `${name} <b>${escapeHtml(value)}</b>`).join(" · "),
    "text/plain": parts.map(([name, value]) => `${name} ${value}`).join(" · "),
  });
}
