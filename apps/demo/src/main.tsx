import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { App } from './App.tsx'
import '@parlance/widget/styles.css'
import './site/site.css'

const root = document.getElementById('root')
if (!root) throw new Error('index.html has no element #root to draw into.')
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
)
