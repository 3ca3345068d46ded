"""The promise that no call is lost and none is made twice, tried out on the real bot."""
