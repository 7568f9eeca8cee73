import { useId, useState } from 'react'
import { addressOf } from '../data/path-prefix.js'
import { useSignIn } from '../data/session.js'
import { LanguageChoice } from '../parts/language-choice.js'
import { useLanguage } from '../texts/language-provider.js'
import { code } from '../texts/tags.js'

/** Asks for a token if the server requires one. */
export function SignInPage() {
  const [token, setToken] = useState('')
  const signIn = useSignIn()
  const { t } = useLanguage()
  const field = useId()
  return (
    <main className="sign-in">
      <form
        className="card"
        onSubmit={event => {
          event.preventDefault()
          signIn.mutate(token.trim())
        }}
      >
        <h1>
          <img src={addressOf('/icon.svg')} alt="" width="28" height="28" /> Quotakeeper
        </h1>
        <label htmlFor={field}>{t('shell.token')}</label>
        <input
          id={field}
          type="password"
          autoComplete="current-password"
          required
          value={token}
          onChange={event => setToken(event.target.value)}
          aria-describedby={`${field}-hint`}
        />
        <p id={`${field}-hint`} className="hint">
          {t.rich('shell.tokenHint', { code })}
        </p>
        {signIn.error !== null && (
          <p className="field-error" role="alert">
            {signIn.error.message}
          </p>
        )}
        <button type="submit" className="button button-main" disabled={signIn.isPending}>
          {t(signIn.isPending ? 'shell.signingIn' : 'shell.signIn')}
        </button>
      </form>
      <LanguageChoice />
    </main>
  )
}
