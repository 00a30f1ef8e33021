import { Logo } from './Logo.tsx'

const sections = [
  { href: '/docs/getting-started', label: 'Docs', below: '/docs/' },
  { href: '/providers', label: 'Providers', below: '/providers' },
  { href: '/custom', label: 'Custom', below: '/custom' },
  { href: '/ledger', label: 'Ledger', below: '/ledger' },
]

export function SiteHeader({ path }: { readonly path: string }) {
  return (
    <header className="site-header">
      <a className="skip" href="#main">
        Skip to content
      </a>
      <a className="brand" href="/" aria-current={path === '/' ? 'page' : undefined}>
        <Logo />
        <span>Parlance</span>
      </a>
      <nav aria-label="Site">
        {sections.map(({ href, label, below }) => (
          <a key={href} href={href} aria-current={path.startsWith(below) ? 'true' : undefined}>
            {label}
          </a>
        ))}
      </nav>
    </header>
  )
}
