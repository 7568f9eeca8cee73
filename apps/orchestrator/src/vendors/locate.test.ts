import { expect, test } from 'vitest'
import { locate } from './locate.js'

test.each([
  ['/v1', '', 'completions', '/v1/completions'],
  ['', '', 'completions', '/completions'],
  ['/v1', '', '/completions', '/v1/completions'],
  ['/compatibility/v1', '', '../../v2/rerank', '/v2/rerank'],
  ['/proxy/cohere/compatibility/v1', '', '../../v2/rerank', '/proxy/cohere/v2/rerank'],
  ['', '', '../beta/completions', '/beta/completions'],
  ['/https://api.example.com/v1', '', 'embeddings', '/https://api.example.com/v1/embeddings'],
  ['/v1', '?api-version=1', 'images/edits', '/v1/images/edits?api-version=1'],
  ['/v1', '', 'messages?beta=true', '/v1/messages?beta=true'],
  ['/v1', '?api-version=1', 'messages?beta=true', '/v1/messages?api-version=1&beta=true'],
])('a call at %j%s to %s goes to %s', (basePath, query, path, place) => {
  expect(locate({ basePath, query }, path)).toBe(place)
})
