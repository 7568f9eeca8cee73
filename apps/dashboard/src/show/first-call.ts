/** What a first call is written for. */
export interface FirstCall {
  /** The gateway's address, without a final slash. */
  readonly url: string
  readonly model: string
  readonly needsToken: boolean
}

export const callLanguages = ['curl', 'Python', 'TypeScript'] as const
export type CallLanguage = (typeof callLanguages)[number]

/** A first call of the gateway, to be copied. A token is read from a variable, never written out. */
export function firstCallText(language: CallLanguage, { url, model, needsToken }: FirstCall): string {
  const name = JSON.stringify(model)
  const base = JSON.stringify(`${url}/v1`)
  switch (language) {
    case 'curl': {
      const body = `{"model": ${name}, "messages": [{"role": "user", "content": "Say hello."}]}`
      return [
        `curl -s ${url}/v1/chat/completions \\`,
        ...(needsToken ? ['  -H "authorization: Bearer $QUOTA_GATEWAY_TOKEN" \\'] : []),
        "  -H 'content-type: application/json' \\",
        `  -d '${body.replaceAll("'", String.raw`'\''`)}'`,
      ].join('\n')
    }
    case 'Python':
      return [
        ...(needsToken ? ['import os'] : []),
        'from openai import OpenAI',
        '',
        `client = OpenAI(base_url=${base}, api_key=${needsToken ? 'os.environ["QUOTA_GATEWAY_TOKEN"]' : '"unused"'})`,
        'answer = client.chat.completions.create(',
        `    model=${name},`,
        '    messages=[{"role": "user", "content": "Say hello."}],',
        ')',
        'print(answer.choices[0].message.content)',
      ].join('\n')
    case 'TypeScript':
      return [
        "import OpenAI from 'openai'",
        '',
        `const client = new OpenAI({ baseURL: ${base}, apiKey: ${needsToken ? 'process.env.QUOTA_GATEWAY_TOKEN' : "'unused'"} })`,
        'const answer = await client.chat.completions.create({',
        `  model: ${name},`,
        "  messages: [{ role: 'user', content: 'Say hello.' }],",
        '})',
        'console.log(answer.choices[0]?.message.content)',
      ].join('\n')
  }
}
