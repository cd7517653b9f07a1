import { setTimeout as sleep } from "node:timers/promises";

/** Spaces the requests to one host, whoever sends them. */
export class HostPace {
  private next = 0;
  private heldUntil = 0;

  /** @param delayMs pause between two requests */
  constructor(
    private readonly delayMs: number,
    private readonly signal: AbortSignal,
  ) {}

  /** Waits until the next request may be sent. */
  async turn(): Promise<void> {
    const at = Math.max(Date.now(), this.next);
    this.next = at + this.delayMs;
    await this.waitUntil(at);
    while (Date.now() < this.heldUntil) await this.waitUntil(this.heldUntil);
  }

  /** Sends nothing for so long: the host asks for it. */
  hold(waitMs: number): void {
    this.heldUntil = Math.max(this.heldUntil, Date.now() + waitMs);
  }

  private async waitUntil(time: number): Promise<void> {
    const waitMs = time - Date.now();
    if (waitMs > 0) await sleep(waitMs, undefined, { signal: this.signal });
  }
}
