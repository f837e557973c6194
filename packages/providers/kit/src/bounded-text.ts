/** The beginning of an answer's body as text, at most so many bytes of it; the rest is not waited for. */
export async function textUpTo(answer: Response, limitBytes: number): Promise<string> {
  if (answer.body === null) return "";
  const reader = answer.body.getReader();
  const decoder = new TextDecoder();
  let text = "";
  let left = limitBytes;
  while (left > 0) {
    const { done, value } = await reader.read();
    if (done) return text + decoder.decode();
    text += decoder.decode(value.subarray(0, left), { stream: true });
    left -= value.byteLength;
  }
  await reader.cancel().catch(() => {}); // a connection that is lost now loses nothing
  return text;
}
