/** What a peer has sent is not what its protocol allows, or is larger than it may be. */
export class PeerFault extends Error {}
