/** Asks a gateway for one chat completion. */
export function sayHello({ origin }: { readonly origin: string }, model: string): Promise<Response> {
  return fetch(`${origin}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model, messages: [{ role: 'user', content: 'Say hello.' }] }),
  })
}

/** The status of {@link sayHello}, once its answer has come in full. */
export async function statusOfHello(gateway: { readonly origin: string }, model: string): Promise<number> {
  const response = await sayHello(gateway, model)
  await response.text()
  return response.status
}
