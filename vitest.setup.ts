import '@testing-library/jest-dom/vitest'
import { cleanup, configure } from '@testing-library/react'
import { afterEach } from 'vitest'

// On a busy machine a state may take its time.
configure({ asyncUtilTimeout: 15_000 })

afterEach(cleanup)
