package intake

import (
	"encoding/binary"
	"image"

	"golang.org/x/image/draw"
)

// orientation is the EXIF orientation (1 to 8) of a JPEG, 1 when it has none.
func orientation(jpeg []byte) int {
	for rest := jpeg[2:]; len(rest) >= 4 && rest[0] == 0xff; {
		marker, length := rest[1], int(rest[2])<<8|int(rest[3])
		switch {
		case marker == 0xff: // padding
			rest = rest[1:]
			continue
		case marker == 0xda || length < 2 || 2+length > len(rest):
			return 1
		}
		if body := rest[4 : 2+length]; marker == 0xe1 && startsWith(body, "Exif\x00\x00") {
			return tiffOrientation(body[6:])
		}
		rest = rest[2+length:]
	}
	return 1
}

func tiffOrientation(tiff []byte) int {
	var order binary.ByteOrder = binary.LittleEndian
	switch {
	case len(tiff) < 8:
		return 1
	case startsWith(tiff, "MM"):
		order = binary.BigEndian
	case !startsWith(tiff, "II"):
		return 1
	}
	start := uint64(order.Uint32(tiff[4:]))
	if start+2 > uint64(len(tiff)) {
		return 1
	}
	count := int(order.Uint16(tiff[start:]))
	for entries := tiff[start+2:]; count > 0 && len(entries) >= 12; count, entries = count-1, entries[12:] {
		if order.Uint16(entries) == 0x0112 {
			if o := int(order.Uint16(entries[8:])); o >= 1 && o <= 8 {
				return o
			}
			return 1
		}
	}
	return 1
}

// upright turns and mirrors the image as its EXIF orientation asks.
func upright(img image.Image, orientation int) image.Image {
	if orientation <= 1 || orientation > 8 {
		return img
	}
	src := image.NewRGBA(image.Rect(0, 0, img.Bounds().Dx(), img.Bounds().Dy()))
	draw.Draw(src, src.Bounds(), img, img.Bounds().Min, draw.Src)
	w, h := src.Bounds().Dx(), src.Bounds().Dy()
	out := image.NewRGBA(image.Rect(0, 0, w, h))
	if orientation >= 5 {
		out = image.NewRGBA(image.Rect(0, 0, h, w))
	}
	for y := range h {
		for x := range w {
			tx, ty := x, y
			switch orientation {
			case 2:
				tx = w - 1 - x
			case 3:
				tx, ty = w-1-x, h-1-y
			case 4:
				ty = h - 1 - y
			case 5:
				tx, ty = y, x
			case 6:
				tx, ty = h-1-y, x
			case 7:
				tx, ty = h-1-y, w-1-x
			case 8:
				tx, ty = y, w-1-x
			}
			copy(out.Pix[out.PixOffset(tx, ty):][:4], src.Pix[src.PixOffset(x, y):][:4])
		}
	}
	return out
}
