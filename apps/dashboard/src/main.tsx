import { QueryClientProvider } from '@tanstack/react-query'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { Router } from 'wouter'
import { App } from './app.js'
import { ApiProvider, connect } from './data/api.js'
import { enterPrefix, pathPrefix } from './data/path-prefix.js'
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
const { queryClient, trpcClient } = connect()
const place = document.getElementById('page')
if (place === null) throw new Error('index.html has lost its element "page"')
createRoot(place).render(
  <StrictMode>
    <QueryClientProvider client={queryClient}>
      <ApiProvider trpcClient={trpcClient} queryClient={queryClient}>
        <Router base={pathPrefix}>
          <App />
        </Router>
      </ApiProvider>
    </QueryClientProvider>
  </StrictMode>,
)
