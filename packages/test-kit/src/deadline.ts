/**
 * Waits for a promise, but not for ever.
 *
 * @param describe called at the deadline only, so that it can tell what was seen until then
 * @throws Error with `describe()` as its message, when `timeoutMs` have passed first
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
