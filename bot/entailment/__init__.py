"""Whether words say a claim: how much of it they carry, and each kind of word that makes it another one."""
