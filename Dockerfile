FROM mcr.microsoft.com/dotnet/sdk:10.0 AS build
WORKDIR /source
COPY . .
RUN dotnet publish src/Connectivity.Api --configuration Release --output /app

FROM mcr.microsoft.com/dotnet/aspnet:10.0
WORKDIR /app
COPY --from=build /app .
RUN mkdir -m 0700 /data && chown $APP_UID /data
USER $APP_UID
EXPOSE 8080 1883
ENTRYPOINT ["dotnet", "Connectivity.Api.dll"]
