import { exitCodes, Failure, usageFailure } from '../failure.js'

/** Longest input, in characters. */
const maxLength = 1_000_000

/**
 * Reads a line from the terminal without echo; Ctrl-D and Ctrl-C end it.
 * @throws Failure if it is ended without a line
 */
export function askSecret(question: string): Promise<string> {
  const { stdin, stderr } = process
  // Before the question: an answer that is pasted at once would be echoed.
  stdin.setRawMode(true)
  stdin.resume()
  stdin.setEncoding('utf8')
  stderr.write(`${question} `)
  return new Promise((resolve, reject) => {
    let typed = ''
    const end = (result: () => void): void => {
      stdin.off('data', take)
      stdin.setRawMode(false)
      stdin.pause()
      stderr.write('\n')
      result()
    }
    const take = (text: string): void => {
      for (const character of text) {
        const isLine = character === '\r' || character === '\n'
        const isEnd = character === '\u0003' || character === '\u0004'
        if (isLine || isEnd) {
          end(() =>
            isLine ? resolve(typed.trim()) : reject(new Failure('no key was entered', exitCodes.interrupted)),
          )
          return
        }
        if (character === '\u007f' || character === '\b') typed = typed.slice(0, -1)
        else if (typed.length < maxLength) typed += character
      }
    }
    stdin.on('data', take)
  })
}

/** Reads standard input to its end. @throws Failure beyond a million characters */
export async function readInput(): Promise<string> {
  let text = ''
  process.stdin.setEncoding('utf8')
  for await (const part of process.stdin) {
    text += part
    if (text.length > maxLength) throw usageFailure(`standard input is longer than ${maxLength} characters`)
  }
  return text
}
