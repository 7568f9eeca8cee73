/**
 * Waits for a promise with a timeout.
 *
 * @param describe called only at the timeout, so that the message can include what was seen until then
 * @throws Error with the message `describe()` after `timeoutMs`
 */
export async function within<Value>(
  promise: Promise<Value>,
  options: { readonly timeoutMs: number; readonly describe: () => string },
): Promise<Value> {
  let timer: NodeJS.Timeout | undefined
  const deadline = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(options.describe())), options.timeoutMs)
  })
  try {
    return await Promise.race([promise, deadline])
  } finally {
    clearTimeout(timer)
  }
}
