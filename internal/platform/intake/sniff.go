package intake

import (
	"bytes"
	"net/http"
	"unicode/utf8"
)

// format is what a file's first bytes say it is: one of the four that are
// taken, or else the sentence that refuses it.
type format string

const (
	formatPDF  format = "pdf"
	formatJPEG format = "jpeg"
	formatPNG  format = "png"
	formatHEIC format = "heic"
)

func sniff(data []byte) format {
	switch {
	case len(data) == 0:
		return empty
	case startsWith(data, "%PDF-"):
		return formatPDF
	case startsWith(data, "\xff\xd8\xff"):
		return formatJPEG
	case startsWith(data, "\x89PNG\r\n\x1a\n"):
		return formatPNG
	case len(data) >= 12 && string(data[4:8]) == "ftyp":
		return sniffBoxes(data)
	case startsWith(data, "PK\x03\x04", "PK\x05\x06"):
		return sniffZip(data)
	case len(bytes.Trim(data, "\x00")) == 0:
		return onlyZeros
	}
	if f := sniffMagic(data); f != "" {
		return f
	}
	return sniffText(data)
}

func sniffMagic(data []byte) format {
	for _, known := range []struct {
		is     format
		starts []string
	}{
		{oldOffice, []string{"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"}},
		{rtfFile, []string{`{\rtf`}},
		{postscript, []string{"%!PS"}},
		{gifImage, []string{"GIF87a", "GIF89a"}},
		{tiffImage, []string{"II*\x00", "MM\x00*"}},
		{archive, []string{"Rar!\x1a\x07", "7z\xbc\xaf\x27\x1c", "\x1f\x8b\x08", "BZh", "\xfd7zXZ\x00"}},
		{program, []string{"MZ", "\x7fELF", "#!/", "\xcf\xfa\xed\xfe", "\xca\xfe\xba\xbe"}},
		{video, []string{"\x1aE\xdf\xa3"}},
		{sound, []string{"ID3", "OggS", "fLaC"}},
	} {
		if startsWith(data, known.starts...) {
			return known.is
		}
	}
	if len(data) >= 12 && startsWith(data, "RIFF") {
		switch string(data[8:12]) {
		case "WEBP":
			return webpImage
		case "AVI ":
			return video
		case "WAVE":
			return sound
		}
	}
	if len(data) >= 26 && startsWith(data, "BM") && bytes.Equal(data[6:10], make([]byte, 4)) {
		return bmpImage
	}
	return ""
}

// sniffBoxes tells apart the formats of the ISO base media family by their brands.
func sniffBoxes(data []byte) format {
	end := min(int(data[2])<<8|int(data[3]), len(data))
	if data[0] != 0 || data[1] != 0 || end < 12 {
		return unknown
	}
	brands := []string{string(data[8:12])}
	for i := 16; i+4 <= end; i += 4 {
		brands = append(brands, string(data[i:i+4]))
	}
	switch brands[0] {
	case "avif", "avis":
		return avifImage
	case "heic", "heix", "heim", "heis", "hevc", "hevx":
		return formatHEIC
	case "mif1", "msf1", "heif":
		for _, b := range brands[1:] {
			switch b {
			case "heic", "heix":
				return formatHEIC
			case "avif", "avis":
				return avifImage
			}
		}
		return unknown
	case "M4A ", "M4B ":
		return sound
	default:
		return video
	}
}

// sniffZip looks at the names of the entries; nothing is inflated.
func sniffZip(data []byte) format {
	has := func(name string) bool { return bytes.Contains(data, []byte(name)) }
	switch {
	case startsWith(data[min(30, len(data)):], "mimetypeapplication/vnd.oasis."):
		return openFile
	case has("[Content_Types].xml") && has("word/"):
		return wordFile
	case has("[Content_Types].xml") && has("xl/"):
		return excelFile
	case has("[Content_Types].xml") && has("ppt/"):
		return slidesFile
	case has("Index/Document.iwa"):
		return pagesFile
	default:
		return archive
	}
}

func sniffText(data []byte) format {
	head := bytes.ToLower(bytes.TrimLeft(bytes.TrimPrefix(data[:min(4096, len(data))], []byte("\xef\xbb\xbf")), " \t\r\n"))
	declared := startsWith(head, "<?xml", "<!--", "<!doctype")
	switch {
	case startsWith(head, "<svg"), declared && bytes.Contains(head, []byte("<svg")):
		return svgFile
	case startsWith(head, "<!doctype html", "<html", "<head", "<body", "<script"),
		declared && bytes.Contains(head, []byte("<html")),
		startsWith([]byte(http.DetectContentType(head)), "text/html"):
		return webPage
	case startsWith(head, "<?xml"):
		return xmlFile
	case utf8.Valid(data) && !bytes.ContainsRune(data, 0):
		return textFile
	default:
		return unknown
	}
}
