import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';
import { docker } from '../../hosts/docker.ts';
import { startHost, type TestHost } from '../../hosts/host.ts';

/** Chromium in a container of its own. */
export interface TestBrowser extends AsyncDisposable {
  readonly browser: Browser;
  readonly host: TestHost;
  /** Puts a file there. @returns its address */
  put(name: string, text: string): Promise<string>;
}

const debugPort = 9222;
/** Chromium answers on its own loopback address only. */
const forwardedPort = 9223;

// Root has no sandbox, and a browser that looks for news finds no network.
const options = [
  '--headless --no-sandbox --disable-gpu --no-first-run --disable-background-networking --disable-component-update',
  `--disable-sync --disable-dev-shm-usage --user-data-dir=/tmp/chromium --remote-debugging-port=${debugPort}`,
].join(' ');

/** Starts it, and waits until it answers. */
export const startBrowser = async (): Promise<TestBrowser> => {
  const host = await startHost({ suite: 'trixie', flavour: 'browser', ports: [forwardedPort] });
  try {
    await host.run(`systemd-run --quiet --unit=chromium chromium ${options} about:blank
systemd-run --quiet --unit=forward socat TCP-LISTEN:${forwardedPort},fork,reuseaddr TCP:127.0.0.1:${debugPort}
while ! grep -q ':${debugPort.toString(16).toUpperCase()} .* 0A ' /proc/net/tcp; do
  systemctl --quiet is-active chromium || { journalctl --no-pager -u chromium; exit 1; }
  sleep 0.1
done`);
    const browser = await chromium.connectOverCDP(`http://127.0.0.1:${host.publishedPort(forwardedPort)}`, {
      timeout: 0,
    });
    const put = async (name: string, text: string): Promise<string> => {
      const folder = await mkdtemp(join(tmpdir(), 'syn-deploy-page-'));
      await writeFile(join(folder, name), text);
      await docker(['cp', '--quiet', join(folder, name), `${host.name}:/srv/${name}`]);
      await rm(folder, { recursive: true });
      return `file:///srv/${name}`;
    };
    const close = async (): Promise<void> => {
      await browser.close();
      await host.stop();
    };
    return { browser, host, put, [Symbol.asyncDispose]: close };
  } catch (error) {
    await host.stop();
    throw error;
  }
};
