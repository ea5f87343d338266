package intake

const (
	inPDF   = " Enregistrez-le en PDF, ou prenez-en une photo."
	inPhoto = " Enregistrez-la en JPEG ou en PNG, ou prenez une photo du document."
)

// Why a file is not taken, and what to do.
const (
	empty      = "Ce fichier est vide. Vérifiez qu’il s’ouvre sur votre appareil, puis déposez-le à nouveau."
	onlyZeros  = "Ce fichier ne contient que des zéros : sa copie s’est sans doute interrompue. Reprenez l’original, ou prenez le document en photo."
	tooBig     = "Ce fichier dépasse 10 Mo. Prenez plutôt le document en photo, ou réduisez le fichier avant de le déposer."
	damaged    = "Ce fichier est abîmé et ne peut pas être lu. Reprenez l’original, ou prenez le document en photo."
	unknown    = "Ce fichier n’est ni un PDF, ni une photo (JPEG, PNG, HEIC)." + inPDF
	wordFile   = "Ce fichier est un document Word." + inPDF
	excelFile  = "Ce fichier est un tableau Excel." + inPDF
	slidesFile = "Ce fichier est une présentation PowerPoint." + inPDF
	openFile   = "Ce fichier est un document LibreOffice (OpenDocument)." + inPDF
	pagesFile  = "Ce fichier est un document Pages, Numbers ou Keynote." + inPDF
	oldOffice  = "Ce fichier est un ancien document Office (Word, Excel ou PowerPoint)." + inPDF
	rtfFile    = "Ce fichier est un texte au format RTF." + inPDF
	textFile   = "Ce fichier est un simple texte." + inPDF
	postscript = "Ce fichier est au format PostScript." + inPDF
	webPage    = "Ce fichier est une page web. Imprimez-la en PDF depuis votre navigateur, ou prenez le document en photo."
	svgFile    = "Ce fichier est un dessin SVG. Enregistrez-le en PNG ou en PDF, ou prenez une photo du document."
	xmlFile    = "Ce fichier est un fichier de données XML." + inPDF
	archive    = "Ce fichier est une archive (ZIP, 7z, RAR…). Ouvrez-la et déposez séparément les documents qu’elle contient."
	video      = "Ce fichier est une vidéo. Prenez plutôt une photo du document."
	sound      = "Ce fichier est un son. Déposez un PDF ou une photo du document."
	program    = "Ce fichier est un programme. Déposez un PDF ou une photo du document."
	gifImage   = "Ce fichier est une image GIF." + inPhoto
	webpImage  = "Ce fichier est une image WebP." + inPhoto
	tiffImage  = "Ce fichier est une image TIFF." + inPhoto
	bmpImage   = "Ce fichier est une image BMP." + inPhoto
	avifImage  = "Ce fichier est une image AVIF." + inPhoto

	imageTooLarge = "Cette image est trop grande (plus de 50 millions de points). Prenez la photo en qualité normale, ou réduisez l’image avant de la déposer."
	imageLayered  = "Cette image JPEG dite « progressive » est trop grande (plus de 12 millions de points). Enregistrez-la en JPEG ordinaire ou en PNG, ou prenez une photo du document."
	imageDamaged  = "Cette image est abîmée ou incomplète. Reprenez la photo, puis déposez-la à nouveau."
	heicDamaged   = "Cette photo HEIC ne peut pas être lue. Reprenez-la, ou enregistrez-la en JPEG."

	pdfEncrypted = "Ce PDF est protégé par un mot de passe. Ouvrez-le, imprimez-le en PDF sans protection (« Imprimer », puis « Enregistrer en PDF »), et déposez ce nouveau fichier."
	pdfTruncated = "Ce PDF est incomplet : son téléchargement ou sa copie s’est interrompu. Téléchargez-le à nouveau, ou prenez le document en photo."
	pdfDamaged   = "Ce PDF est abîmé ou n’est pas conforme. Ouvrez-le, imprimez-le en PDF (« Imprimer », puis « Enregistrer en PDF »), et déposez ce nouveau fichier."
	pdfTooLong   = "Ce PDF compte plus de 60 pages. Déposez seulement les pages du document demandé."
	pdfNoPage    = "Ce PDF n’a aucune page. Vérifiez-le, ou prenez le document en photo."
	pdfBomb      = "Ce PDF est trop lourd une fois ouvert. Imprimez-le en PDF (« Imprimer », puis « Enregistrer en PDF »), ou prenez le document en photo."

	crowded = "L’école reçoit beaucoup de documents en ce moment. Réessayez dans une minute."

	joinedNothing = "Choisissez au moins un fichier."
	joinedTooLong = "L’ensemble compte plus de 60 pages. Déposez seulement les pages du document demandé."
	joinedTooBig  = "L’ensemble des pages dépasse 30 Mo. Déposez moins de pages à la fois, ou des photos en qualité normale."
	joinedFailed  = "Ces fichiers ne peuvent pas être réunis en un seul document. Déposez un seul PDF qui contient toutes les pages, ou prenez-les en photo."
)
