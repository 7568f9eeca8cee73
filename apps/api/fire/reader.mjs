import { get } from 'node:http'

// Reads some exports concurrently, and prints the received bytes every second.
const [url = '', count = '1'] = process.argv.slice(2)
let begun = 0
let bytes = 0
for (let index = 0; index < Number(count); index++) {
  get(url, { agent: false }, response => {
    if (response.statusCode !== 200) throw new Error(`an export returned status ${response.statusCode}`)
    response.on('data', part => {
      bytes += part.length
    })
    response.once('data', () => {
      begun++
      if (begun === Number(count)) process.stdout.write('reading\n')
    })
  })
}
setInterval(() => process.stdout.write(`${bytes} bytes\n`), 1_000)
