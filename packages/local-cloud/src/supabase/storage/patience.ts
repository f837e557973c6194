/**
 * So much of what is refused anyway is still read and thrown away: a client that is sending hears no answer, it
 * sees its connection break.
 */
export const patienceBytes = 64 * 1024 * 1024;

/** Reads what nobody has read of a refused request. */
export async function hearOut(request: Request): Promise<void> {
  if (request.body === null || request.bodyUsed) return;
  let read = 0;
  try {
    for await (const chunk of request.body) {
      read += chunk.length;
      if (read > patienceBytes) return;
    }
  } catch {
    // The client has gone.
  }
}
