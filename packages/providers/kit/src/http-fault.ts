import { Fault, type FaultDetails, type FaultKind } from "@atoll/core/fault";

/** A fault that an answer over HTTP stands behind. `status` is 0 when no answer arrived. */
export class HttpFault extends Fault {
  readonly status: number;
  /** The provider's own name for the error, where it has one. */
  readonly code: string | undefined;

  constructor(
    kind: FaultKind,
    details: FaultDetails & { status: number; code?: string },
    options?: { cause?: unknown },
  ) {
    super(kind, details, options);
    this.status = details.status;
    this.code = details.code;
  }
}
