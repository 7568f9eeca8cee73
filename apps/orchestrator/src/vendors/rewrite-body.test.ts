import { expect, test } from 'vitest'
import { rewriteBody, withoutField } from './rewrite-body.js'

test.each([
  ['{"model":"a"}', '{"model":"b"}'],
  [' {\n "model" :\t"a" , "x":1.0 }\n', ' {\n "model" :\t"b" , "x":1.0 }\n'],
  ['{"x":{"model":"a"},"model":"a"}', '{"x":{"model":"a"},"model":"b"}'],
  ['{"x":"\\"model\\":\\\\","model":"a"}', '{"x":"\\"model\\":\\\\","model":"b"}'],
  ['{"x":"}]\\\\","y":[1,{"z":[]}],"model":"a"}', '{"x":"}]\\\\","y":[1,{"z":[]}],"model":"b"}'],
  ['{"mod\\u0065l":"a"}', '{"mod\\u0065l":"b"}'],
  ['{"model":"a","model":"c"}', '{"model":"b","model":"b"}'],
  ['{"n":null,"t":true,"e":-1.5e+10,"model":"a"}', '{"n":null,"t":true,"e":-1.5e+10,"model":"b"}'],
  ['{"model":{"deep":["}"]},"x":1}', '{"model":"b","x":1}'],
  ['{"model":17}', '{"model":"b"}'],
  ['{"model":[]}', '{"model":"b"}'],
])('in %s the model alone is replaced', (text, rewritten) => {
  expect(rewriteBody(text, { model: 'b' })).toBe(rewritten)
})

test('a field that is missing is added, and one that is there set', () => {
  expect(rewriteBody(' {"model":"a"}', { max_tokens: 5 })).toBe(' {"max_tokens":5,"model":"a"}')
  expect(rewriteBody('{"max_tokens":9,"model":"a"}', { max_tokens: 5, model: '$&' })).toBe(
    '{"max_tokens":5,"model":"$&"}',
  )
})

test('whatever the body, its own fields stay what they were', () => {
  const bodies = [
    { a: '\\', model: 'x', b: '"' },
    { '"': '\\"', '\\': ['"', { model: '\\' }], model: '\ud83d\ude00' },
    { a: { b: { c: [[], {}, ''] } }, model: '', z: [0, -0.5, 1e21, false, null] },
  ]
  for (const body of bodies) {
    for (const indent of [0, 2]) {
      const rewritten = rewriteBody(JSON.stringify(body, null, indent), { model: 'new' })
      expect(JSON.parse(rewritten)).toEqual({ ...body, model: 'new' })
    }
  }
})

test.each([
  ['{"x":1,"model":"a"}', '{"model":"a"}'],
  ['{"model":"a","x":{"y":[1,"}"]}}', '{"model":"a"}'],
  [' {"model":"a" , "x" : 1 , "n":1e400 } ', ' {"model":"a","n":1e400 } '],
  ['{"x":1,"model":"a","x":2}', '{"model":"a"}'],
  ['{"x":1}', '{}'],
  ['{"model":"a"}', '{"model":"a"}'],
])('of %s all but one field is left as it was', (text, rest) => {
  expect(withoutField(text, 'x')).toBe(rest)
})
