import { describe, expect, it } from 'vitest'
import { readWireError, type WireError, writeWireError } from '../index.js'

const error: WireError = {
  httpStatus: 429,
  message: 'Spent.',
  code: 'quota_exhausted',
  param: null,
  resetsAtSeconds: null,
}

describe('errors of vendors', () => {
  it.each([
    [
      'chat',
      { error: { message: 'Bad key.', type: 'invalid_request_error', param: null, code: 'invalid_api_key' } },
      401,
      { httpStatus: 401, code: 'invalid_api_key' },
    ],
    [
      'chat',
      [{ error: { code: 400, message: 'Bad key.', status: 'INVALID_ARGUMENT' } }],
      400,
      { httpStatus: 400, code: 'INVALID_ARGUMENT' },
    ],
    ['chat', { error: 'Bad key.' }, 500, { httpStatus: 500, code: null }],
    [
      'responses',
      { error: { message: 'Bad key.', type: 'invalid_request_error', param: 'input', code: null } },
      400,
      { httpStatus: 400, param: 'input' },
    ],
    [
      'responses',
      { type: 'response.failed', response: { error: { code: 'rate_limit_exceeded', message: 'Bad key.' } } },
      200,
      { httpStatus: 429, code: 'rate_limit_exceeded' },
    ],
    [
      'responses',
      { type: 'error', code: 'server_error', message: 'Bad key.', param: null },
      200,
      { httpStatus: 500, code: 'server_error' },
    ],
    [
      'messages',
      { type: 'error', error: { type: 'overloaded_error', message: 'Bad key.' } },
      200,
      { httpStatus: 529, code: 'overloaded_error' },
    ],
    [
      'messages',
      { type: 'error', error: { type: 'authentication_error', message: 'Bad key.' } },
      401,
      { httpStatus: 401 },
    ],
  ] as const)('of %s are read: %j with status %d', (from, body, status, expected) => {
    expect(readWireError(from, body, status)).toMatchObject({ message: 'Bad key.', ...expected })
  })

  it('an answer is not an error', () => {
    expect(readWireError('chat', { choices: [] }, 200)).toBeNull()
    expect(readWireError('responses', { object: 'response', error: null, output: [] }, 200)).toBeNull()
    expect(readWireError('messages', { type: 'message', content: [] }, 200)).toBeNull()
  })
})

describe('errors for clients', () => {
  it('have the class that each client acts on', () => {
    const types = (httpStatus: number) => [
      writeWireError('chat', { ...error, httpStatus }).error.type,
      writeWireError('responses', { ...error, httpStatus }).error.type,
      writeWireError('messages', { ...error, httpStatus }).error.type,
    ]
    expect(types(400)).toEqual(['invalid_request_error', 'invalid_request_error', 'invalid_request_error'])
    expect(types(401)).toEqual(['authentication_error', 'authentication_error', 'authentication_error'])
    expect(types(429)).toEqual(['rate_limit_error', 'rate_limit_error', 'rate_limit_error'])
    expect(types(503)).toEqual(['server_error', 'server_error', 'overloaded_error'])
    expect(types(500)).toEqual(['server_error', 'server_error', 'api_error'])
  })

  it('with a known return of quota make Codex show it instead of repeating the call', () => {
    expect(writeWireError('responses', { ...error, resetsAtSeconds: 1_764_009_999 })).toEqual({
      error: {
        message: 'Spent.',
        type: 'usage_limit_reached',
        param: null,
        code: 'usage_limit_reached',
        resets_at: 1_764_009_999,
      },
    })
  })

  it('of a prompt that is too long have the wording that Claude Code recognises', () => {
    const tooLong = (message: string) =>
      writeWireError('messages', { ...error, httpStatus: 400, code: 'context_length_exceeded', message })
        .error
    expect(
      tooLong(
        "This model's maximum context length is 8192 tokens. However, your messages resulted in 10250 tokens.",
      ),
    ).toEqual({
      type: 'invalid_request_error',
      message: 'prompt is too long: 10250 tokens > 8192 maximum',
    })
    expect(tooLong('Too large.').message).toBe('prompt is too long: Too large.')
    expect(tooLong('prompt is too long: 9 tokens > 8 maximum').message).toBe(
      'prompt is too long: 9 tokens > 8 maximum',
    )
    expect(
      writeWireError('responses', { ...error, httpStatus: 400, code: 'context_length_exceeded' }).error.code,
    ).toBe('context_length_exceeded')
  })
})
