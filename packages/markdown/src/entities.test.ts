import { expect, it } from 'vitest'
import { decodeEntity } from './entities.ts'
import './htmlEntities.ts'

it('knows names that follow one another, stand alone or end in a digit', () => {
  const names = ['quot', 'nbsp', 'iexcl', 'Rho', 'Sigma', 'there4', 'sup2', 'rang']
  expect(names.map(decodeEntity)).toEqual(['"', '\u00a0', '¡', 'Ρ', 'Σ', '∴', '²', '⟩'])
})

it('composes letters with accents, and only those HTML has names for', () => {
  expect(['eacute', 'Ccaron', 'auml', 'Aring', 'scedil'].map(decodeEntity)).toEqual([
    'é',
    'Č',
    'ä',
    'Å',
    'ş',
  ])
  expect(['kacute', 'xacute', 'Zcirc', 'constructor'].map(decodeEntity)).toEqual(
    Array.from({ length: 4 }),
  )
})
