import { QueryClientProvider } from '@tanstack/react-query'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { Router } from 'wouter'
import { App } from './app.js'
import { ApiProvider, connect } from './data/api.js'
import { enterPrefix, pathPrefix } from './data/path-prefix.js'
import { startingLocale } from './texts/chosen-locale.js'
import { type Language, loadLanguage } from './texts/language.js'
import { LanguageProvider } from './texts/language-provider.js'
import { applyRememberedTheme } from './theme.js'
import 'uplot/dist/uPlot.min.css'
import './style/tokens.css'
import './style/base.css'
import './style/layout.css'
import './style/controls.css'
import './style/quotas.css'
import './style/routing.css'
import './style/tables.css'

applyRememberedTheme()
enterPrefix()
const place = document.getElementById('page')
if (place === null) throw new Error('index.html has lost its element "page"')
loadLanguage(startingLocale()).then(
  language => show(place, language),
  () => {
    // Without texts, in both languages.
    place.textContent =
      'The page could not be loaded: the server does not answer. Reload it. 无法加载页面：服务器没有响应，请重新加载。'
  },
)

function show(element: HTMLElement, first: Language): void {
  let current = first
  const { queryClient, trpcClient } = connect(() => current.t)
  createRoot(element).render(
    <StrictMode>
      <LanguageProvider
        first={first}
        onChange={language => {
          current = language
        }}
      >
        <QueryClientProvider client={queryClient}>
          <ApiProvider trpcClient={trpcClient} queryClient={queryClient}>
            <Router base={pathPrefix}>
              <App />
            </Router>
          </ApiProvider>
        </QueryClientProvider>
      </LanguageProvider>
    </StrictMode>,
  )
}
