//go:build !race

package encrypted_test

const raceDetector = false
