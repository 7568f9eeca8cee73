import { expect, test } from 'vitest'
import { samplesIn } from './read-samples.mjs'

const source = `# Title

\`\`\`sh
one
two
\`\`\`

- a list

  <!-- not run: another program -->
  \`\`\`yaml
  a:
    b: 1
  \`\`\`

\`\`\`
no language
\`\`\`
`

test('samples are read with their lines, also in lists, and with the reason why they are not run', () => {
  expect(samplesIn('docs/x.md', source)).toEqual([
    { document: 'docs/x.md', line: 3, language: 'sh', text: 'one\ntwo', reason: null },
    { document: 'docs/x.md', line: 11, language: 'yaml', text: 'a:\n  b: 1', reason: 'another program' },
  ])
})
