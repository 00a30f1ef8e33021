import {
  decodeFunctionData,
  encodeAbiParameters,
  encodeEventTopics,
  encodeFunctionResult,
  type Hex,
  keccak256,
  pad,
  toHex,
} from 'viem'
import { createClient, custom } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import { tempo } from 'viem/chains'
import { Transaction } from 'viem/tempo'
// Not exported, and the one way to the same id as the library's.
import {
  computeExpiringNonceHash,
  computeId,
} from '../node_modules/mppx/dist/tempo/session/precompile/Channel.js'
import { escrowAbi } from '../node_modules/mppx/dist/tempo/session/precompile/escrow.abi.js'
import { tip20ChannelEscrow } from '../node_modules/mppx/dist/tempo/session/precompile/Protocol.js'

/** The contract that holds deposits, played by a few lines: transactions are read and their events given back. */
export interface StubChain {
  readonly clientOf: (privateKey: Hex) => {
    client: ReturnType<typeof createClient>
    account: ReturnType<typeof privateKeyToAccount>
  }
  /** Answers a JSON-RPC call, for a client that is elsewhere. */
  readonly request: (call: { method: string; params?: readonly unknown[] }) => Promise<unknown>
  /** Deposit of each channel, in units. */
  readonly deposits: () => readonly bigint[]
  readonly transactionCount: () => number
}

interface Channel {
  descriptor: Record<string, unknown>
  deposit: bigint
}

export function createStubChain(): StubChain {
  const channels = new Map<string, Channel>()
  const receipts = new Map<Hex, unknown>()
  const stateOf = (id: string) => ({
    settled: 0n,
    deposit: channels.get(id.toLowerCase())?.deposit ?? 0n,
    closeRequestedAt: 0,
  })

  function send(serialized: Hex): Hex {
    const transaction = Transaction.deserialize(serialized as never) as unknown as {
      from: Hex
      chainId: number
      calls: { to: Hex; data: Hex }[]
    }
    const hash = keccak256(serialized)
    const call = transaction.calls.at(-1)!
    const { functionName, args } = decodeFunctionData({ abi: escrowAbi, data: call.data }) as {
      functionName: string
      args: readonly unknown[]
    }
    if (functionName === 'open') {
      const [payee, operator, token, deposit, salt, authorizedSigner] = args as [
        Hex,
        Hex,
        Hex,
        bigint,
        Hex,
        Hex,
      ]
      const expiringNonceHash = computeExpiringNonceHash(transaction as never, {
        sender: transaction.from,
      })
      const descriptor = {
        payer: transaction.from,
        payee,
        operator,
        token,
        salt,
        authorizedSigner,
        expiringNonceHash,
      }
      const channelId = computeId({
        ...descriptor,
        chainId: transaction.chainId,
        escrow: tip20ChannelEscrow,
      } as never)
      channels.set(channelId.toLowerCase(), { descriptor, deposit })
      const topics = encodeEventTopics({
        abi: escrowAbi,
        eventName: 'ChannelOpened',
        args: { channelId, payer: transaction.from, payee },
      } as never)
      const data = encodeAbiParameters(
        [
          { type: 'address' },
          { type: 'address' },
          { type: 'address' },
          { type: 'bytes32' },
          { type: 'bytes32' },
          { type: 'uint96' },
        ],
        [operator, token, authorizedSigner, salt, expiringNonceHash, deposit],
      )
      receipts.set(hash, toReceipt(hash, topics as Hex[], data))
    } else if (functionName === 'topUp') {
      const [descriptor, more] = args as [Record<string, Hex>, bigint]
      const channelId = computeId({
        ...descriptor,
        chainId: transaction.chainId,
        escrow: tip20ChannelEscrow,
      } as never)
      const channel = channels.get(channelId.toLowerCase())!
      channel.deposit += more
      const topics = encodeEventTopics({
        abi: escrowAbi,
        eventName: 'TopUp',
        args: { channelId, payer: descriptor['payer'], payee: descriptor['payee'] },
      } as never)
      const data = encodeAbiParameters(
        [{ type: 'uint96' }, { type: 'uint96' }],
        [more, channel.deposit],
      )
      receipts.set(hash, toReceipt(hash, topics as Hex[], data))
    } else {
      throw new Error(`The stub chain does not know ${functionName}.`)
    }
    return hash
  }

  function call({ data }: { data?: Hex }): Hex {
    if (!data) return '0x'
    let decoded: { functionName: string; args: readonly unknown[] }
    try {
      decoded = decodeFunctionData({ abi: escrowAbi, data }) as typeof decoded
    } catch {
      return pad(toHex(1), { size: 32 })
    }
    const { functionName, args } = decoded
    if (functionName === 'getChannel') {
      const descriptor = args[0] as Record<string, Hex>
      const id = computeId({
        ...descriptor,
        chainId: tempo.id,
        escrow: tip20ChannelEscrow,
      } as never)
      return encodeFunctionResult({
        abi: escrowAbi,
        functionName,
        result: { descriptor, state: stateOf(id) },
      } as never)
    }
    if (functionName === 'getChannelState') {
      return encodeFunctionResult({
        abi: escrowAbi,
        functionName,
        result: stateOf(args[0] as string),
      } as never)
    }
    return '0x'
  }

  async function request({
    method,
    params,
  }: {
    method: string
    params?: readonly unknown[]
  }): Promise<unknown> {
    switch (method) {
      case 'eth_chainId':
        return toHex(tempo.id)
      case 'eth_getTransactionCount':
        return '0x0'
      case 'eth_estimateGas':
        return '0x30d40'
      case 'eth_gasPrice':
      case 'eth_maxPriorityFeePerGas':
        return '0x1'
      case 'eth_blockNumber':
        return '0x2'
      case 'eth_getBlockByNumber':
        return {
          number: '0x2',
          timestamp: toHex(Math.floor(Date.now() / 1000)),
          baseFeePerGas: '0x1',
          transactions: [],
          gasLimit: '0x1c9c380',
          gasUsed: '0x0',
          hash: pad('0x2', { size: 32 }),
        }
      case 'eth_sendRawTransaction':
        return send(params?.[0] as Hex)
      case 'eth_getTransactionReceipt':
        return receipts.get(params?.[0] as Hex) ?? null
      case 'eth_call':
        return call(params?.[0] as { data?: Hex })
      default:
        throw Object.assign(new Error(`The stub chain does not know ${method}.`), { code: -32601 })
    }
  }

  return {
    request,
    deposits: () => [...channels.values()].map(({ deposit }) => deposit),
    transactionCount: () => receipts.size,
    clientOf(privateKey) {
      const account = privateKeyToAccount(privateKey)
      return {
        account,
        client: createClient({
          account,
          chain: tempo,
          transport: custom({ request }),
          pollingInterval: 5,
        }),
      }
    },
  }
}

function toReceipt(transactionHash: Hex, topics: readonly Hex[], data: Hex) {
  const block = {
    blockHash: pad('0x2', { size: 32 }),
    blockNumber: '0x2',
    transactionHash,
    transactionIndex: '0x0',
  }
  return {
    ...block,
    status: '0x1',
    type: '0x2',
    from: tip20ChannelEscrow,
    to: tip20ChannelEscrow,
    cumulativeGasUsed: '0x1',
    gasUsed: '0x1',
    effectiveGasPrice: '0x1',
    logsBloom: pad('0x0', { size: 256 }),
    contractAddress: null,
    logs: [
      { ...block, address: tip20ChannelEscrow, topics, data, logIndex: '0x0', removed: false },
    ],
  }
}
