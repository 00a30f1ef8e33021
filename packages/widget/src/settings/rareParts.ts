// What most conversations never show, in one file of its own: see `lazyPart`.
export { Consent } from '../consent/Consent.tsx'
export { AttachmentTray } from '../attachments/AttachmentTray.tsx'
export { Picture } from '../attachments/Picture.tsx'
export { FeedbackForm } from '../feedback/FeedbackForm.tsx'
export { ToolCard } from '../toolCard/ToolCard.tsx'
export { EditForm } from '../turn/EditForm.tsx'
export { UsageLine } from '../turn/UsageLine.tsx'
export { copyWithoutClipboard } from '../turn/copyWithoutClipboard.ts'
