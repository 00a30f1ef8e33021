/** The mark: a speech bubble with two lines, the second shorter, as of someone still talking. */
export function Logo() {
  return (
    <svg className="logo" viewBox="0 0 32 32" width="26" height="26" aria-hidden="true">
      <path
        fill="var(--accent)"
        d="M16 2.5c8 0 13.500 4.900 13.500 11.700S24 26 16 26c-1.500 0-3-.2-4.300-.5L5.400 29.300c-.9.500-1.900-.4-1.500-1.300l1.700-4.900C3.600 20.900 2.500 17.800 2.500 14.200 2.500 7.400 8 2.500 16 2.500Z"
      />
      <g stroke="var(--paper)" strokeWidth="2.500" strokeLinecap="round">
        <path d="M10 12h12" />
        <path d="M10 17.200h6.500" />
      </g>
    </svg>
  )
}
