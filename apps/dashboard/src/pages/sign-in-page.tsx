import { useId, useState } from 'react'
import { addressOf } from '../data/path-prefix.js'
import { useSignIn } from '../data/session.js'

/** Asks for a token if the server requires one. */
export function SignInPage() {
  const [token, setToken] = useState('')
  const signIn = useSignIn()
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
        <label htmlFor={field}>Token</label>
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
          The server's <code>QUOTA_ADMIN_TOKEN</code>, or <code>QUOTA_API_TOKEN</code> to look without
          changing; or a token that was made for you, <code>qk_…</code>.
        </p>
        {signIn.error !== null && (
          <p className="field-error" role="alert">
            {signIn.error.message}
          </p>
        )}
        <button type="submit" className="button button-main" disabled={signIn.isPending}>
          {signIn.isPending ? 'Signing in …' : 'Sign in'}
        </button>
      </form>
    </main>
  )
}
