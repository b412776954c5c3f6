import { spawn } from "node:child_process";

/**
 * Opens an address in the browser of this machine.
 *
 * @param onFailure there is none, or nothing that knows how to open one.
 */
export function openInBrowser(url: string, onFailure: () => void): void {
  const isMac = process.platform === "darwin";
  if (!isMac && process.env["DISPLAY"] === undefined && process.env["WAYLAND_DISPLAY"] === undefined) {
    onFailure();
    return;
  }
  const child = spawn(isMac ? "open" : "xdg-open", [url], { stdio: "ignore", detached: true });
  child.once("error", onFailure);
  child.unref();
}
