import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";

export interface Browser {
  readonly name: string;
  readonly path: string | undefined;
  /** Of a file user.js in the profile. */
  readonly preferences: Readonly<Record<string, unknown>>;
  arguments(profile: string, url: string): readonly string[];
}

export const chromium: Browser = {
  name: "Chromium",
  path: find("chromium"),
  preferences: {},
  arguments: (profile, url) => [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    `--user-data-dir=${profile}`,
    url,
  ],
};

export const firefox: Browser = {
  name: "Firefox",
  path: find("firefox-esr") ?? find("firefox"),
  // Talks to nobody but the page.
  preferences: {
    "app.normandy.enabled": false,
    "browser.startup.homepage_override.mstone": "ignore",
    "datareporting.policy.dataSubmissionEnabled": false,
    "extensions.systemAddon.update.enabled": false,
    "network.captive-portal-service.enabled": false,
    "network.connectivity-service.enabled": false,
    "services.settings.server": "data:,#remote-settings-dummy/v1",
  },
  arguments: (profile, url) => ["--headless", "--no-remote", "--profile", profile, url],
};

/** The program on the PATH. */
function find(program: string): string | undefined {
  const folders = (process.env.PATH ?? "").split(delimiter);
  return folders.map((folder) => join(folder, program)).find(existsSync);
}

/** Opens the page in a new profile until `result` is there; then the browser and its profile are gone. */
export async function browse<T>(browser: Browser, url: string, result: Promise<T>, milliseconds: number): Promise<T> {
  const profile = mkdtempSync(join(tmpdir(), "slam-browser-"));
  const lines = Object.entries(browser.preferences).map(
    ([name, value]) => `user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});\n`,
  );
  writeFileSync(join(profile, "user.js"), lines.join(""));
  // In a group of its own, so that the processes it starts end with it. HOME: Firefox refuses one that is another user's.
  const child = spawn(browser.path as string, browser.arguments(profile, url), {
    detached: true,
    stdio: "ignore",
    env: { ...process.env, HOME: profile, MOZ_DISABLE_CONTENT_SANDBOX: "1" },
  });
  const ended = new Promise<void>((resolve) => child.on("close", () => resolve()));
  const failed = new Promise<never>((_, reject) => {
    child.on("error", reject);
    child.on("close", (code) => reject(new Error(`${browser.name} ended with ${code} before the page had a result`)));
  });
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${browser.name}: no result after ${milliseconds} ms`)), milliseconds);
  });
  try {
    return await Promise.race([result, failed, late]);
  } finally {
    clearTimeout(timer);
    failed.catch(() => {});
    if (child.pid !== undefined && child.exitCode === null) {
      process.kill(-child.pid, "SIGKILL");
      await ended;
    }
    rmSync(profile, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  }
}
