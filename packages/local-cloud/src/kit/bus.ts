/** What emulators tell each other, as the real providers do by their own ways (webhooks, app installations). */
export interface CloudEvents {
  "github.push": { owner: string; repo: string; branch: string; sha: string };
  /** A pull request was opened, or its branch got another commit: `sha` is the newest. */
  "github.pull": { owner: string; repo: string; number: number; branch: string; base: string; sha: string };
  /** A mail that a project's Auth sends; it ends in the mailbox. */
  "auth.mail": { from: string; to: string; subject: string; text: string; html: string };
}

/** Passes events on; a listener that fails does not stop the others. */
export interface Bus {
  emit<Name extends keyof CloudEvents>(name: Name, event: CloudEvents[Name]): void;
  on<Name extends keyof CloudEvents>(name: Name, listener: (event: CloudEvents[Name]) => void): void;
}

/** A bus of this process. */
export function openBus(): Bus {
  const target = new EventTarget();
  return {
    emit: (name, event) => void target.dispatchEvent(new CustomEvent(name, { detail: event })),
    on: (name, listener) =>
      target.addEventListener(name, (event) => {
        if (event instanceof CustomEvent) listener(event.detail);
      }),
  };
}
