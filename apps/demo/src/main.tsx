import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
// First, because it puts the site's own rules below the widget's.
import './site/site.css'
import '@parlance/widget/styles.css'
import { App } from './App.tsx'

const root = document.getElementById('root')
if (!root) throw new Error('index.html has no element #root to draw into.')
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
)
