import { describe, expect, it } from 'vitest'
import { safeImage, safeLink } from './safeLink.ts'

describe('safeLink', () => {
  it.each([
    ['https://a.example/b?c#d', 'https://a.example/b?c#d', 'a.example'],
    ['HTTP://A.EXAMPLE', 'http://a.example/', 'a.example'],
    ['https://a.example:8443/', 'https://a.example:8443/', 'a.example:8443'],
    [
      'https://xn--80ak6aa92e.example/',
      'https://xn--80ak6aa92e.example/',
      'xn--80ak6aa92e.example',
    ],
    ['/returns', '/returns', undefined],
    ['mailto:a@b.example?body=x&bcc=y@z.example', 'mailto:a@b.example', undefined],
    ['tel:+49-30-123', 'tel:+49-30-123', undefined],
  ])('allows %s', (url, href, host) => {
    expect(safeLink(url)).toEqual({ href, host })
  })

  it.each([
    'javascript:alert(1)',
    'java\nscript:alert(1)',
    'data:text/html,x',
    'vbscript:x',
    'blob:https://a.example/x',
    'file:///etc/passwd',
    '//evil.example/',
    '\\\\evil.example',
    '/\\evil.example',
    'https:evil.example',
    'https://trusted.example@evil.example/',
    'https://a.example/\u202Ex',
    'relative',
    '',
    '#fragment',
    'tel:*#06#',
    'sms:+1?body=x',
    'mailto:a@b,c@d',
    'ftp://a.example',
    'https://a.example/ b',
  ])('refuses %j', (url) => {
    expect(safeLink(url)).toBeUndefined()
  })

  it('keeps to the hosts of the policy, exactly', () => {
    const policy = { hosts: ['a.example'] }
    expect(safeLink('https://a.example/', policy)?.host).toBe('a.example')
    expect(safeLink('https://a.example:444/', policy)).toBeUndefined()
    expect(safeLink('https://b.a.example/', policy)).toBeUndefined()
    expect(safeLink('https://a.example.evil.example/', policy)).toBeUndefined()
  })

  it('can only narrow the protocols', () => {
    expect(safeLink('javascript:alert(1)', { protocols: ['javascript:'] })).toBeUndefined()
    expect(safeLink('http://a.example/', { protocols: ['https:'] })).toBeUndefined()
  })
})

describe('safeImage', () => {
  it('allows images of a named host and none without', () => {
    expect(safeImage('https://a.example/i.png', ['a.example'])).toBe('https://a.example/i.png')
    expect(safeImage('https://a.example/i.png', [])).toBeUndefined()
    expect(safeImage('/i.png', ['a.example'])).toBeUndefined()
  })
})
